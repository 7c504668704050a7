// Reads JSON files so that a broken one is refused with its line.
import { readFileSync } from 'node:fs';
import { printParseErrorCode, visit, type ParseErrorCode } from 'jsonc-parser';
import { Failure } from '../shared/failures';
import { decodeUtf8 } from './utf8';

export type JsonObject = Record<string, unknown>;

/** `what` names the file's part in a sentence, e.g. "the model's config". */
export function readJsonObject(file: string, what: string): JsonObject {
  const value = parseJson(readText(file, what), file);
  if (!isObject(value)) {
    throw new Failure('json-broken', {
      file,
      line: 1,
      problem: `it must hold an object, but it holds ${nameOfValue(value)}`,
    });
  }
  return value;
}

export function readText(file: string, what: string): string {
  return decodeUtf8(readBytes(file, what), file);
}

export function readBytes(file: string, what: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw asFileFailure(error, file, what);
  }
}

/** The sentence for a file that could not be opened or read. */
export function asFileFailure(error: unknown, file: string, what: string): Failure {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new Failure('file-missing', { file, what });
  const problem =
    code === 'EISDIR' ? 'it is a folder' : error instanceof Error ? error.message : String(error);
  return new Failure('file-unreadable', { file, what, problem });
}

/** Parses `text`, which starts at line `firstLine` of `file`. */
export function parseJson(text: string, file: string, firstLine = 1): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const { offset, problem } = firstProblem(text);
    const line = firstLine + text.slice(0, offset).split('\n').length - 1;
    throw new Failure('json-broken', { file, line, problem });
  }
}

/** V8's own message has no position for some errors, so a second, tolerant parser looks for it. */
function firstProblem(text: string): { offset: number; problem: string } {
  let found: { offset: number; problem: string } | undefined;
  const onError = (code: ParseErrorCode, offset: number): void => {
    found ??= { offset, problem: describe(code) };
  };
  visit(text, { onError }, { disallowComments: true, allowTrailingComma: false });
  return found ?? { offset: text.length, problem: 'it is not valid JSON' };
}

function describe(code: ParseErrorCode): string {
  const words = printParseErrorCode(code).replace(/([a-z])([A-Z])/g, '$1 $2');
  return words.toLowerCase();
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How a wrong value is quoted in a sentence. */
export function nameOfValue(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

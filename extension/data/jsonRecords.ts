// Records of .json (a list of objects) and .jsonl (an object a line).
import { Failure } from '../shared/failures';
import { isObject, nameOfValue, parseJson, readBytes, readText } from '../model/jsonFile';
import { checkUtf8, decodeUtf8 } from '../model/utf8';
import type { DataRecord } from './records';

const lineFeed = 0x0a;

export function readJsonList(file: string): DataRecord[] {
  return parseJsonList(readText(file, 'the data file'), file);
}

export function parseJsonList(text: string, file: string): DataRecord[] {
  if (text.trim() === '') throw new Failure('data-empty', { file });
  const list = parseJson(text, file);
  if (!Array.isArray(list)) {
    const problem = `it must hold a list of records, but it holds ${nameOfValue(list)}`;
    throw new Failure('data-broken', { file, problem });
  }
  return list.map((value: unknown, i) => ({
    file,
    number: i + 1,
    columns: asColumns(value, { file, number: i + 1 }),
  }));
}

/** Line by line, as a whole file may be longer than a text can be. */
export function readJsonLines(file: string): DataRecord[] {
  return parseJsonLines(readBytes(file, 'the data file'), file);
}

export function parseJsonLines(bytes: Uint8Array, file: string): DataRecord[] {
  checkUtf8(bytes, file);
  const records: DataRecord[] = [];
  let line = 0;
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(lineFeed, start);
    const end = newline < 0 ? bytes.length : newline;
    const text = decodeUtf8(bytes.subarray(start, end), file);
    line += 1;
    start = end + 1;
    if (text.trim() === '') continue;
    const number = records.length + 1;
    const columns = asColumns(parseJson(text, file, line), { file, number, line });
    records.push({ file, number, line, columns });
  }
  return records;
}

function asColumns(
  value: unknown,
  { file, number, line }: Omit<DataRecord, 'columns'>,
): Record<string, unknown> {
  if (isObject(value)) return value;
  const problem = `it must be an object, but it is ${nameOfValue(value)}`;
  throw new Failure('record-invalid', { file, record: number, line, problem });
}

// What is wrong with a task.json as it stands in an editor: each problem once, at its setting, with a sentence that
// says what to do. Free of VS Code.
import { applyEdits, modify } from 'jsonc-parser';
import { isFailure, type Failure } from '../../shared/failures';
import { parseTaskFile } from '../../shared/taskText';
import {
  keySpan,
  nodeAt,
  outlineOf,
  spanOf,
  type Outline,
  type Path,
  type Span,
} from '../editor/outline';

export interface TaskProblem {
  span: Span;
  message: string;
  code: string;
}

/** More at once help nobody, and what needs more than a pattern in its place is not read further. */
const mostTries = 20;

/** Stands for a pattern that is wrong, without which the rest would not be read. */
const anyPattern = '(.)';

/** None of a text that is no JSON: VS Code says that. */
export function taskProblems(text: string): TaskProblem[] {
  const outline = outlineOf(text);
  const problems = new Map<string, TaskProblem>();
  // A setting that is wrong is left out, and what is left is read again.
  let rest = text;
  for (let tries = 0; outline.root !== undefined && tries < mostTries; tries += 1) {
    const failure = failureOf(rest);
    const setting = failure && settingOf(failure);
    if (failure === undefined || setting === undefined) break;
    const path = pathOf(setting);
    const isThere = nodeAt(outlineOf(rest), path) !== undefined;
    const isTold = problems.has(setting);
    if (!isTold) {
      const span = placeOf(outline, failure.code, path);
      problems.set(setting, { span, ...sayingOf(failure, setting) });
    }
    if (!isThere && !isTold) break;
    rest = changed(rest, path, isThere ? undefined : anyPattern);
  }
  return [...problems.values()].sort((a, b) => a.span.start - b.span.start);
}

function changed(text: string, path: Path, value: string | undefined): string {
  return applyEdits(text, modify(text, [...path], value, { formattingOptions: {} }));
}

function failureOf(text: string): Failure | undefined {
  try {
    parseTaskFile(text, '');
    return undefined;
  } catch (error) {
    if (isFailure(error)) return error;
    throw error;
  }
}

function settingOf({ data }: Failure): string | undefined {
  const { setting } = data as { setting?: unknown };
  return typeof setting === 'string' ? setting : undefined;
}

function sayingOf({ code, data }: Failure, setting: string): { code: string; message: string } {
  const { problem, nearest } = data as { problem?: string; nearest?: string };
  if (code !== 'setting-unknown') return { code, message: `"${setting}" ${problem ?? ''}.` };
  const hint = nearest === undefined ? 'leave it out' : `did you mean "${nearest}"?`;
  const end = nearest === undefined ? '.' : '';
  return { code, message: `A task has no setting "${setting}": ${hint}${end}` };
}

function pathOf(setting: string): Path {
  return setting.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** Of the value; of an unknown one the name; of a missing one the name of what should hold it. */
function placeOf(outline: Outline, code: string, path: Path): Span {
  const node = nodeAt(outline, path);
  const key = keySpan(outline, path);
  if (code === 'setting-unknown' && key !== undefined) return key;
  if (node !== undefined) return spanOf(node);
  for (let length = path.length - 1; length > 0; length -= 1) {
    const around = keySpan(outline, path.slice(0, length));
    if (around !== undefined) return around;
  }
  const start = outline.root?.offset ?? 0;
  return { start, end: start + 1 };
}

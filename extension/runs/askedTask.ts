// Each task of a folder of results as it was asked last: results/tasks/NAME.json, a task document with every default
// filled in. Tables go by it, so that a task says what it belongs to also when its own file was changed or deleted.
import { mkdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod/mini';
import type { TaskSettings } from '../shared/taskFile';
import { isExactMatchMath } from '../shared/wordProblem';
import { writeAtomically } from './atomicFile';
import { fileSignature } from './fileSignature';

/** What tables need to know. */
export interface AskedTask {
  /** Empty for none. */
  group: string;
  /** Exact match of numbers, as Orca-Math is measured. */
  isExactMath: boolean;
}

const document = z.object({
  group: z._default(z.string(), ''),
  protocol: z.enum(['generation', 'choice', 'perplexity', 'judged']),
  metric: z.optional(z.unknown()),
  reference: z.optional(z.unknown()),
  extraction: z.optional(z.unknown()),
});

function documentOf(answers: string): string {
  return join(dirname(answers), 'tasks', `${basename(answers, '.jsonl')}.json`);
}

/** `answers`: file of the task's answers. One that is the same already is not written again. */
export function keepAskedTask(answers: string, task: TaskSettings): void {
  const file = documentOf(answers);
  // The file's name is the task's.
  const text = `${JSON.stringify({ ...task, name: undefined }, null, 2)}\n`;
  if (textOf(file) === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeAtomically(file, text);
}

/** Undefined of answers that an earlier version gave. */
export async function readAskedTask(answers: string): Promise<AskedTask | undefined> {
  try {
    const parsed = document.safeParse(JSON.parse(await readFile(documentOf(answers), 'utf8')));
    if (!parsed.success) return undefined;
    return { group: parsed.data.group, isExactMath: isExactMatchMath(parsed.data) };
  } catch {
    // It is not there, or not whole: what the task's name says is all that is known.
    return undefined;
  }
}

/** Another one when the document is. */
export async function askedTaskSignature(answers: string): Promise<string> {
  return (await fileSignature(documentOf(answers))) ?? '-';
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

// Results files as evaluations write them.
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Prediction } from '../../../extension/shared/prediction';

/** Of question `index`: what was found in the output, and what is right. */
export function prediction(
  index: number,
  extracted: string,
  answer: string,
  changes: Partial<Prediction> = {},
): Prediction {
  return {
    index,
    text: extracted === '' ? 'I am not sure' : `the correct answer is ${extracted}`,
    extracted,
    answer,
    correct: extracted === answer,
    tokens: [1, 2],
    promptHash: `hash-${index}`,
    prompt: `Below.\n### Instruction:\nquestion ${index}?\n\n### Response:\n`,
    model: 'first-model',
    ...changes,
  };
}

export function writeResults(folder: string, task: string, lines: Prediction[]): string {
  const file = join(folder, `${task}.jsonl`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, lines.map(toLine).join(''));
  return file;
}

export function appendResults(file: string, lines: Prediction[]): void {
  appendFileSync(file, lines.map(toLine).join(''));
}

function toLine(one: Prediction): string {
  return `${JSON.stringify(one)}\n`;
}

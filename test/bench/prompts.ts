// Prompts for comparing continuations: the paper's evaluation prompts of real records, and short free texts.
import { readFileSync } from 'node:fs';

const INDENT = ' '.repeat(16);

/** arXiv 2402.09353's evaluation template, as LLM-Adapters has it: one space after "request." and an indented end. */
function evaluationPrompt(instruction: string): string {
  const request = 'Write a response that appropriately completes the request. ';
  return (
    `Below is an instruction that describes a task. ${request}\n\n` +
    `${INDENT}### Instruction:\n${INDENT}${instruction}\n\n${INDENT}### Response:\n${INDENT}`
  );
}

/** The first `count` records of a JSON list as evaluation prompts. */
export function recordPrompts(file: string, count: number): string[] {
  const records = JSON.parse(readFileSync(file, 'utf8')) as { instruction: string }[];
  return records.slice(0, count).map(({ instruction }) => evaluationPrompt(instruction));
}

export const freeTexts = [
  'The capital of France is',
  'Once upon a time, in a small village by the sea,',
  'To bake a loaf of bread you need',
  'The three laws of motion are',
  'def fibonacci(n):',
  'Dear Sir or Madam,',
  'Q: What is the largest planet?\nA:',
  'She opened the door and',
  'In 1969,',
  'Photosynthesis is the process by which',
];

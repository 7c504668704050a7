// From what a model wrote to right or wrong.
import type { Task } from './task';

export interface Score {
  /** The first match of the task's pattern; empty when there is none. */
  extracted: string;
  correct: boolean;
}

/** No match is wrong; otherwise the match and the answer must be the same text. */
export function score(task: Task, text: string, answer: string): Score {
  const extracted = new RegExp(task.pattern, 'u').exec(text)?.[0] ?? '';
  return { extracted, correct: extracted !== '' && extracted === answer };
}

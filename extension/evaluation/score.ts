// From what a model wrote to right or wrong.
import { extract } from './extract';
import { numberOf } from './numberText';
import type { GenerationTask } from './task';

export interface Score {
  /** The answer in the text; empty when there is none. */
  extracted: string;
  correct: boolean;
}

type Scored = Pick<GenerationTask, 'extraction' | 'metric' | 'tolerance' | 'reference'>;

/** No answer is wrong. */
export function score(task: Scored, text: string, answer: string): Score {
  const extracted = extract(task.extraction, text);
  const right = task.reference === 'extracted' ? extract(task.extraction, answer) : answer;
  return { extracted, correct: extracted !== '' && isRight(task, extracted, right) };
}

function isRight({ metric, tolerance, extraction }: Scored, given: string, right: string): boolean {
  if (metric === 'number') return Math.abs(numberOf(given) - numberOf(right)) <= tolerance;
  const ignoresCase = typeof extraction === 'object' && extraction.ignoreCase;
  return ignoresCase ? given.toLowerCase() === right.toLowerCase() : given === right;
}

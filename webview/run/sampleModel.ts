// What the model wrote over the run, prompt by prompt; the same answer twice in a row is told once.
import type { RunLists } from '../../extension/shared/runHistory';

export interface Answer {
  /** Steps at which the model wrote it, without a break. */
  firstStep: number;
  lastStep: number;
  text: string;
}

export interface PromptAnswers {
  prompt: string;
  /** In the order of steps. */
  answers: Answer[];
}

export function promptAnswers(records: RunLists['samples']): PromptAnswers[] {
  const prompts = new Map<string, Answer[]>();
  for (const { step, samples } of records) {
    for (const { prompt, text } of samples) {
      const answers = prompts.get(prompt) ?? [];
      prompts.set(prompt, answers);
      const before = answers.at(-1);
      if (before?.text === text) before.lastStep = step;
      else answers.push({ firstStep: step, lastStep: step, text });
    }
  }
  return [...prompts].map(([prompt, answers]) => ({ prompt, answers }));
}

export function answerAt({ answers }: PromptAnswers, step: number): Answer | undefined {
  return answers.find(({ firstStep, lastStep }) => firstStep <= step && step <= lastStep);
}

/** Steps of samples, each once, rising. */
export function sampledSteps(records: RunLists['samples']): number[] {
  return [...new Set(records.map(({ step }) => step))].sort((a, b) => a - b);
}

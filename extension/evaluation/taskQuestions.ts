// Tasks with their questions, read before anything expensive begins.
import { readChoiceQuestions, type ChoiceQuestion } from './choiceQuestions';
import { readPerplexityTexts } from './perplexityTexts';
import { readQuestions, type Question } from './questions';
import { Failure } from '../shared/failures';
import {
  findTask,
  questionsFile,
  type ChoiceTask,
  type GenerationTask,
  type PerplexityTask,
} from './task';

export interface AskedGeneration {
  protocol: 'generation';
  task: GenerationTask;
  questions: Question[];
}
export interface AskedChoice {
  protocol: 'choice';
  task: ChoiceTask;
  questions: ChoiceQuestion[];
}
export interface AskedPerplexity {
  protocol: 'perplexity';
  task: PerplexityTask;
  texts: string[];
}
export type TaskQuestions = AskedGeneration | AskedChoice | AskedPerplexity;

/** `data`: absolute folder of the tasks; `limit`: of the questions of each, 0 for all. */
export async function readTaskQuestions(
  names: readonly string[],
  data: string,
  limit: number,
): Promise<TaskQuestions[]> {
  const read: TaskQuestions[] = [];
  for (const name of names) read.push(await readOneTask(name, data, limit));
  return read;
}

export async function readOneTask(
  name: string,
  data: string,
  limit: number,
): Promise<TaskQuestions> {
  const task = findTask(name, data);
  switch (task.protocol) {
    case 'generation': {
      const { protocol } = task;
      return { protocol, task, questions: await readQuestions(task, data, limit) };
    }
    case 'choice': {
      const { protocol } = task;
      return { protocol, task, questions: await readChoiceQuestions(task, data, limit) };
    }
    case 'perplexity': {
      const { protocol } = task;
      return { protocol, task, texts: await readPerplexityTexts(task, data, limit) };
    }
    case 'judged': {
      const problem = 'its answers are judged, not scored: adapter-lab judge';
      throw new Failure('task-invalid', { file: questionsFile(task, data), problem });
    }
  }
}

/** Questions, or texts. */
export function questionCount(asked: TaskQuestions): number {
  return asked.protocol === 'perplexity' ? asked.texts.length : asked.questions.length;
}

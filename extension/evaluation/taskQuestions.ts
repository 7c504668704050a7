// Tasks with their questions, read before anything expensive begins.
import { readChoiceQuestions, type ChoiceQuestion } from './choiceQuestions';
import { readPerplexityTexts } from './perplexityTexts';
import { readQuestions, type Question } from './questions';
import { readConversations, type ConversationQuestion } from './judge/questions';
import {
  findTask,
  questionsFile,
  type ChoiceTask,
  type GenerationTask,
  type JudgedTask,
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
export interface AskedConversations {
  protocol: 'judged';
  task: JudgedTask;
  questions: ConversationQuestion[];
}
export type TaskQuestions = AskedGeneration | AskedChoice | AskedPerplexity | AskedConversations;

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
      const { protocol } = task;
      const file = questionsFile(task, data);
      return { protocol, task, questions: await readConversations(file, limit) };
    }
  }
}

/** Questions, or texts. */
export function questionCount(asked: TaskQuestions): number {
  return asked.protocol === 'perplexity' ? asked.texts.length : asked.questions.length;
}

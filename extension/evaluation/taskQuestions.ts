// Tasks with their questions, read before anything expensive begins.
import { readQuestions, type Question } from './questions';
import { findGenerationTask, type GenerationTask } from './task';

export interface TaskQuestions {
  task: GenerationTask;
  questions: Question[];
}

/** `data`: absolute folder of the tasks; `limit`: of the questions of each, 0 for all. */
export async function readTaskQuestions(
  names: readonly string[],
  data: string,
  limit: number,
): Promise<TaskQuestions[]> {
  const read: TaskQuestions[] = [];
  for (const name of names) {
    const task = findGenerationTask(name, data);
    read.push({ task, questions: await readQuestions(task, data, limit) });
  }
  return read;
}

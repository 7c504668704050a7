// Tasks with their questions, read before anything expensive begins.
import { readQuestions, type Question } from './questions';
import { findTask, type Task } from './task';

export interface TaskQuestions {
  task: Task;
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
    const task = findTask(name, data);
    read.push({ task, questions: await readQuestions(task, data, limit) });
  }
  return read;
}

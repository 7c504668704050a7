// A task as data: where its questions are, how they are asked, how an answer is found in what the model wrote.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../model/jsonFile';
import { Failure } from '../shared/failures';
import { nearestName } from '../shared/nearest';
import type {
  ChoiceTaskSettings,
  GenerationTaskSettings,
  JudgedTaskSettings,
  PerplexityTaskSettings,
} from '../shared/taskFile';
import { parseTaskFile } from '../shared/taskText';
import { builtInTasks } from './builtIn/tasks';

/** Its folder's name, which is that of its results as well. */
interface Named {
  name: string;
}
export type GenerationTask = GenerationTaskSettings & Named;
export type ChoiceTask = ChoiceTaskSettings & Named;
export type PerplexityTask = PerplexityTaskSettings & Named;
export type JudgedTask = JudgedTaskSettings & Named;
export type Task = GenerationTask | ChoiceTask | PerplexityTask | JudgedTask;

export const taskFileName = 'task.json';

/** `data/NAME/task.json` where there is one, otherwise a task that is built in. */
export function findTask(name: string, dataFolder: string): Task {
  const file = join(dataFolder, name, taskFileName);
  if (isPlainName(name) && existsSync(file)) {
    return { name, ...parseTaskFile(readText(file, 'the task'), file) };
  }
  const builtIn = Object.hasOwn(builtInTasks, name) ? builtInTasks[name] : undefined;
  if (builtIn !== undefined) return { name, ...parseTaskFile(JSON.stringify(builtIn), name) };
  const names = taskNames(dataFolder);
  throw new Failure('task-unknown', {
    task: name,
    // Choices are other ways to ask the same sets.
    known: names.filter((one) => !/\.choice(-norm)?$/.test(one)),
    nearest: nearestName(name, names),
  });
}

/** The file of a task's questions. */
export function questionsFile({ name, questions }: Task, dataFolder: string): string {
  return join(dataFolder, name, questions);
}

/** Every task that can be asked for: those built in, and those of the data's own folders. */
export function taskNames(dataFolder: string): string[] {
  return [...new Set([...Object.keys(builtInTasks), ...ownTasks(dataFolder)])];
}

function isPlainName(name: string): boolean {
  return name !== '' && !/[/\\\0]|^\.\.?$/.test(name);
}

/** Folders of the data that hold a task of the user's own. */
export function ownTasks(dataFolder: string): string[] {
  if (!existsSync(dataFolder)) return [];
  return readdirSync(dataFolder)
    .filter((name) => existsSync(join(dataFolder, name, taskFileName)))
    .sort();
}

/** Own tasks, then the built-in ones whose questions are there. */
export function tasksIn(dataFolder: string): string[] {
  const own = ownTasks(dataFolder);
  const builtIn = Object.keys(builtInTasks).filter((name) => hasQuestions(name, dataFolder));
  return [...own, ...builtIn.filter((name) => !own.includes(name))];
}

/** Whether the questions are there; those of an own task are looked for when it is asked. */
export function hasQuestions(name: string, dataFolder: string): boolean {
  if (existsSync(join(dataFolder, name, taskFileName))) return true;
  const { questions = 'test.json' } = builtInTasks[name] ?? {};
  return existsSync(join(dataFolder, name, questions));
}

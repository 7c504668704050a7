// A task as data: where its questions are, how they are asked, how an answer is found in what the model wrote.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Fields } from '../model/fields';
import { readJsonObject } from '../model/jsonFile';
import { Failure } from '../shared/failures';
import { nearestName } from '../shared/nearest';
import { commonsenseTasks } from './commonsense';

export interface Task {
  name: string;
  /** File of the questions, in the task's folder. */
  questions: string;
  /** `paper` (its evaluation prompt), `alpaca`, or a text with {instruction} and {input}. */
  template: string;
  columns: { instruction: string; input: string; answer: string };
  generation: { beams: number; maxNewTokens: number };
  /** A regular expression; its first match in the output is the answer. */
  pattern: string;
}

const ownFile = 'task.json';
const known = ['questions', 'template', 'columns', 'beams', 'maxNewTokens', 'pattern'];

/** `data/NAME/task.json` where there is one, otherwise one of the eight commonsense sets. */
export function findTask(name: string, dataFolder: string): Task {
  const file = join(dataFolder, name, ownFile);
  if (isPlainName(name) && existsSync(file)) return readTask(name, file);
  const task = commonsenseTasks.find((candidate) => candidate.name === name);
  if (task !== undefined) return task;
  const names = taskNames(dataFolder);
  throw new Failure('task-unknown', {
    task: name,
    known: names,
    nearest: nearestName(name, names),
  });
}

/** Every task that can be asked for: the eight sets, and those of the data's own folders. */
export function taskNames(dataFolder: string): string[] {
  return [...commonsenseTasks.map(({ name }) => name), ...ownTasks(dataFolder)];
}

function isPlainName(name: string): boolean {
  return name !== '' && !/[/\\\0]|^\.\.?$/.test(name);
}

/** Folders of the data that hold a task of the user's own. */
export function ownTasks(dataFolder: string): string[] {
  if (!existsSync(dataFolder)) return [];
  return readdirSync(dataFolder)
    .filter((name) => existsSync(join(dataFolder, name, ownFile)))
    .sort();
}

/** Own tasks, then the commonsense sets whose questions are there. */
export function tasksIn(dataFolder: string): string[] {
  const own = ownTasks(dataFolder);
  const sets = commonsenseTasks
    .filter(({ name, questions }) => existsSync(join(dataFolder, name, questions)))
    .map(({ name }) => name);
  return [...own, ...sets.filter((name) => !own.includes(name))];
}

function readTask(name: string, file: string): Task {
  const object = readJsonObject(file, 'the task');
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    const nearest = nearestName(unknown, known);
    const hint = nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
    const problem = `"${unknown}" is not a setting of a task${hint}`;
    throw new Failure('task-invalid', { file, problem });
  }
  const fields = new Fields(file, object);
  const columns = fields.inner('columns') ?? new Fields(file, {});
  const task = {
    name,
    questions: fields.text('questions', 'test.json'),
    template: fields.text('template', 'paper'),
    columns: {
      instruction: columns.text('instruction', 'instruction'),
      input: columns.text('input', 'input'),
      answer: columns.text('answer', 'answer'),
    },
    generation: {
      beams: fields.count('beams', 4, { most: 64 }),
      maxNewTokens: fields.count('maxNewTokens', 32, { most: 65_536 }),
    },
    pattern: fields.text('pattern'),
  };
  checkPattern(task.pattern, file);
  if (!['paper', 'alpaca'].includes(task.template) && !task.template.includes('{instruction}')) {
    throw fields.refused('template', 'must be paper, alpaca or a text with {instruction}');
  }
  return task;
}

function checkPattern(pattern: string, file: string): void {
  try {
    new RegExp(pattern, 'u');
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new Failure('task-invalid', { file, problem: `its pattern cannot be used: ${problem}` });
  }
}

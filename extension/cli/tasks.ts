// adapter-lab tasks: what a model can be evaluated on with the data of a folder.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { builtInTasks } from '../evaluation/builtIn/tasks';
import { readQuestions } from '../evaluation/questions';
import { findGenerationTask, ownTasks, tasksIn } from '../evaluation/task';
import { commaList } from './arguments';
import { failureOf, tell, type Outcome, type OutputOptions } from './output';
import type { ListedTask } from '../shared/listings';
import { table } from './wording';

interface TasksOptions extends OutputOptions {
  tasks?: string[];
}

export function addTasks(program: Command): void {
  program
    .command('tasks')
    .description('list the tasks of a data folder')
    .argument('<dir>', 'folder that holds a folder for each task')
    .option('--tasks <a,b>', 'these as well, though they may not be there', commaList('--tasks'))
    .option('--json', 'print {tasks: [{task, kind, questions, beams, maxNewTokens, problem}]}')
    .addHelpText('after', '\nExample:\n  adapter-lab tasks data\n')
    .action(async (folder: string, options: TasksOptions) => {
      await tell(options, () => listTasks(resolve(folder), options));
    });
}

async function listTasks(folder: string, options: TasksOptions): Promise<Outcome> {
  const names = [...new Set([...(options.tasks ?? []), ...tasksIn(folder)])];
  const tasks: ListedTask[] = [];
  for (const name of names) tasks.push(await describe(name, folder));
  const rows = tasks.map(({ task, kind, questions, beams, maxNewTokens, problem }) =>
    problem === undefined
      ? [task, kind, String(questions), String(beams), String(maxNewTokens), '']
      : [task, kind, '', '', '', problem],
  );
  const head = ['task', 'kind', 'questions', 'beams', 'new tokens', ''];
  const text = tasks.length === 0 ? `There are no tasks in ${folder}.` : table(head, rows);
  return { json: { tasks }, text };
}

async function describe(name: string, folder: string): Promise<ListedTask> {
  const isSet = builtInTasks[name]?.group === 'commonsense';
  const kind = isSet && !ownTasks(folder).includes(name) ? 'commonsense' : 'own';
  try {
    const task = findGenerationTask(name, folder);
    const { length } = await readQuestions(task, folder, 0);
    return { task: name, kind, questions: length, ...task.generation };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    const { message } = failure;
    return { task: name, kind, questions: 0, beams: 0, maxNewTokens: 0, problem: message };
  }
}

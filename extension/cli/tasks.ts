// adapter-lab tasks: what a model can be evaluated on with the data of a folder.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ownTasks, tasksIn } from '../evaluation/task';
import { questionCount, readOneTask } from '../evaluation/taskQuestions';
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
    .option('--json', 'print {tasks: [{task, kind, protocol, questions, problem, ...}]}')
    .addHelpText('after', '\nExample:\n  adapter-lab tasks data\n')
    .action(async (folder: string, options: TasksOptions) => {
      await tell(options, () => listTasks(resolve(folder), options));
    });
}

async function listTasks(folder: string, options: TasksOptions): Promise<Outcome> {
  const names = [...new Set([...(options.tasks ?? []), ...tasksIn(folder)])];
  const tasks: ListedTask[] = [];
  for (const name of names) tasks.push(await describe(name, folder));
  const rows = tasks.map((one) => [
    one.task,
    one.kind === 'own' ? 'own' : 'built in',
    one.protocol ?? '',
    one.group ?? '',
    one.problem === undefined ? String(one.questions) : '',
    one.beams === undefined ? '' : String(one.beams),
    one.maxNewTokens === undefined ? '' : String(one.maxNewTokens),
    one.problem ?? '',
  ]);
  const head = ['task', 'kind', 'protocol', 'group', 'questions', 'beams', 'new tokens', ''];
  const text = tasks.length === 0 ? `There are no tasks in ${folder}.` : table(head, rows);
  return { json: { tasks }, text };
}

async function describe(name: string, folder: string): Promise<ListedTask> {
  const kind = ownTasks(folder).includes(name) ? 'own' : 'builtIn';
  try {
    const asked = await readOneTask(name, folder, 0);
    const { protocol, task } = asked;
    const { group } = task;
    return {
      ...{ task: name, kind, protocol, questions: questionCount(asked) },
      ...(group !== undefined && { group }),
      ...(asked.protocol === 'generation' && {
        beams: asked.task.generation.beams,
        maxNewTokens: asked.task.generation.maxNewTokens,
      }),
    };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    return { task: name, kind, questions: 0, problem: failure.message };
  }
}

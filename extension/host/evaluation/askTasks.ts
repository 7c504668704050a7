// Asks what to evaluate on: which tasks of a data folder, and how many of their questions.
import * as vscode from 'vscode';
import { refusalOf } from '../refusal';
import type { Services } from '../services';
import type { EvaluationRequest, EvaluationTarget } from './evaluationTarget';
import type { ListedTask } from '../../shared/listings';
import { limitChoices, taskItems } from './taskChoice';

const { l10n } = vscode;

/** Undefined if the user changed their mind. The first target's data and tasks stand for those of all. */
export async function askRequest(
  services: Services,
  [first]: readonly EvaluationTarget[],
): Promise<EvaluationRequest | undefined> {
  if (first === undefined) return undefined;
  const listed = await listTasks(services, first);
  const tasks = await askTasks(listed, first);
  if (tasks === undefined || tasks.length === 0) return undefined;
  const limit = await askLimit(
    listed.filter(({ task }) => tasks.includes(task)),
    first.limit,
  );
  return limit === undefined ? undefined : { tasks, limit };
}

async function listTasks(
  { programs, output }: Services,
  { data, tasks }: EvaluationTarget,
): Promise<ListedTask[]> {
  const named = tasks.length === 0 ? [] : ['--tasks', tasks.join(',')];
  const result = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: l10n.t('Looking for tasks') },
    () => programs.run(['tasks', data, ...named, '--json']),
  );
  if (result.code !== 0) {
    output.error(result.stderr);
    throw new Error(refusalOf(result.stdout, result.stderr).message);
  }
  return (JSON.parse(result.stdout) as { tasks: ListedTask[] }).tasks;
}

async function askTasks(
  listed: readonly ListedTask[],
  { title, data, tasks }: EvaluationTarget,
): Promise<string[] | undefined> {
  const items = taskItems(listed, tasks, l10n.t);
  if (items.length === 0) {
    throw new Error(
      l10n.t('{0} holds no task: a folder with task.json, or one of the eight sets.', data),
    );
  }
  const chosen = await vscode.window.showQuickPick(items, {
    title: l10n.t('Evaluate {0}', title),
    placeHolder: l10n.t('Tasks to evaluate on'),
    canPickMany: true,
    matchOnDescription: true,
  });
  return chosen?.map(({ task }) => task);
}

async function askLimit(
  tasks: readonly ListedTask[],
  experimentLimit: number,
): Promise<number | undefined> {
  const items = limitChoices(tasks, experimentLimit, l10n.t);
  // Few questions need no choice.
  if (items.length === 1) return 0;
  const title = l10n.t('How many questions of each task?');
  const other = { label: l10n.t('Another number…'), limit: -1 };
  const chosen = await vscode.window.showQuickPick([...items, other], { title });
  if (chosen === undefined || chosen.limit >= 0) return chosen?.limit;
  const typed = await vscode.window.showInputBox({
    title,
    validateInput: (text) =>
      /^[1-9]\d*$/.test(text.trim()) ? undefined : l10n.t('A whole number, 1 or more'),
  });
  return typed === undefined ? undefined : Number(typed);
}

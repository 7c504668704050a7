// Open Playground, and Try in Playground: with the runs, checkpoints, models or adapters that it is called on, and the
// prompt that it is given.
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { checkpointName, checkpointNames, checkpointStep } from '../../runs/checkpoints';
import { runPaths } from '../../runs/runPaths';
import type { PlaygroundColumn } from '../../shared/pages/playgroundPage';
import type { ModelSource } from '../../shared/playground';
import type { ModelNode } from '../models/modelModel';
import type { RunView } from '../runModel';
import type { Services } from '../services';
import type { Node } from '../treeModel';
import { checkpointColumn, folderColumn, joinColumns } from './columns';
import { chooseColumns } from './chooseColumns';
import { columnOf, modelColumn } from './folderColumns';
import { openStore } from './openStore';

const { l10n } = vscode;

/** A question of an evaluation, as it was asked. */
export interface PlaygroundPrompt {
  prompt: string;
}

/** With the models of last time; the first time with the newest run and its base. */
export async function openPlayground(services: Services): Promise<void> {
  const { store } = openStore(services);
  if (store.columns.length === 0) {
    const [newest] = [...services.store.views]
      .filter(({ folder }) => checkpointNames(folder).length > 0)
      .sort((a, b) => (a.run.created < b.run.created ? 1 : -1));
    const columns = newest === undefined ? [] : newestColumn(newest);
    store.setColumns(joinColumns([], columns, l10n.t));
  }
  await services.pages.show('playground', {});
}

/** `given`: nodes of the sidebar, folders, models, and a `PlaygroundPrompt`; without any, the selection, or what is picked. */
export async function tryInPlayground(services: Services, ...given: unknown[]): Promise<void> {
  refuseUntrusted();
  const { store } = openStore(services);
  const all = given.flat();
  const prompt = all.find(isPrompt);
  const named = all.filter((one) => one !== undefined && one !== prompt);
  const subjects = named.length > 0 ? named : services.tree.selection;
  const found: PlaygroundColumn[] = [];
  for (const one of subjects) found.push(...(await columnsOf(services, one)));
  if (found.length > 0) {
    store.setColumns(joinColumns(store.columns, found, l10n.t));
  } else if (named.length === 0) {
    const chosen = await chooseColumns(services, store.columns);
    if (chosen === undefined) return;
    store.setColumns(chosen);
  } else if (prompt === undefined) {
    void vscode.window.showInformationMessage(l10n.t('There is no checkpoint to try yet.'));
    return;
  }
  if (prompt !== undefined) store.propose(prompt.prompt, 'plain');
  await services.pages.show('playground', {});
}

async function columnsOf(services: Services, given: unknown): Promise<PlaygroundColumn[]> {
  if (typeof given === 'string') return columnsAt(services, given);
  if (given instanceof vscode.Uri) return columnsAt(services, given.fsPath);
  if (isSource(given)) return [folderColumn(given, l10n.t)];
  if (typeof given !== 'object' || given === null || !('kind' in given)) return [];
  const node = given as Node | ModelNode;
  switch (node.kind) {
    case 'checkpoint':
      return [checkpointColumn(node.run, node.checkpoint, l10n.t)];
    case 'run':
      return newestColumn(node.view);
    case 'experiment':
    case 'group':
      return node.runs.flatMap(({ view }) => newestColumn(view));
    case 'model':
      return [modelColumn(node) ?? (await columnOf(services, node.entry.folder))].filter(
        (one) => one !== undefined,
      );
    case 'more':
      return [];
  }
}

/** A run's folder, a checkpoint's, or any model's or adapter's. */
async function columnsAt(services: Services, folder: string): Promise<PlaygroundColumn[]> {
  const { store } = services;
  const view = store.find(folder);
  if (view !== undefined) return newestColumn(view);
  const run = store.find(dirname(dirname(folder)));
  const step = checkpointStep(basename(folder));
  if (run !== undefined && step !== undefined) return checkpointOrNewest(run, step);
  const column = await columnOf(services, folder);
  return column === undefined ? [] : [column];
}

/** Of a checkpoint that was let go, the newest one that is left. */
function checkpointOrNewest(view: RunView, step: number): PlaygroundColumn[] {
  const steps = checkpointNames(view.folder).map(checkpointStep);
  return steps.includes(step) ? columnAt(view, step) : newestColumn(view);
}

function newestColumn(view: RunView): PlaygroundColumn[] {
  const name = checkpointNames(view.folder).at(-1);
  const step = name === undefined ? undefined : checkpointStep(name);
  return step === undefined ? [] : columnAt(view, step);
}

function columnAt(view: RunView, step: number): PlaygroundColumn[] {
  const folder = join(runPaths(view.folder).checkpoints, checkpointName(step));
  return [checkpointColumn(view, { step, folder }, l10n.t)];
}

function isPrompt(given: unknown): given is PlaygroundPrompt {
  return typeof given === 'object' && given !== null && 'prompt' in given;
}

/** Of an evaluated model. */
function isSource(given: unknown): given is ModelSource {
  return typeof given === 'object' && given !== null && 'model' in given;
}

function refuseUntrusted(): void {
  if (vscode.workspace.isTrusted) return;
  throw new Error(l10n.t('The playground runs models, which needs a trusted workspace.'));
}

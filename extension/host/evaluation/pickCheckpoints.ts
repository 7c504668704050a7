// Which checkpoints an evaluation is about: those that it was called on or that are selected in the sidebar, or
// those of the runs that the user picks.
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { checkpointDescription, checkpointLabel, type CheckpointView } from '../runDetails';
import { runDescription, runLabel, type RunView } from '../runModel';
import type { Services } from '../services';
import type { Node } from '../treeModel';

const { l10n } = vscode;

export interface RunCheckpoint {
  view: RunView;
  checkpoint: CheckpointView;
}

/** Empty if there is none, or the user changed their mind. */
export async function pickCheckpoints(
  { store, tree }: Services,
  given: readonly unknown[],
): Promise<RunCheckpoint[]> {
  const isNamed = given.some((one) => one !== undefined);
  const named = await Promise.all(
    (isNamed ? given : tree.selection).map((one) => checkpointsOf({ store }, one)),
  );
  const found = unique(named.flat());
  if (found.length > 0 || isNamed) {
    if (found.length === 0) sayNone();
    return found;
  }
  return askForCheckpoints({ store });
}

type Source = Pick<Services, 'store'>;

/** Of a run its newest checkpoint, which is its end once it is done. */
async function checkpointsOf({ store }: Source, given: unknown): Promise<RunCheckpoint[]> {
  if (typeof given === 'string') {
    const view = store.find(given);
    return view === undefined ? checkpointAt({ store }, given) : newestOf({ store }, view);
  }
  if (typeof given !== 'object' || given === null || !('kind' in given)) return [];
  const node = given as Node;
  switch (node.kind) {
    case 'checkpoint':
      return [{ view: node.run, checkpoint: node.checkpoint }];
    case 'run':
      return newestOf({ store }, node.view);
    case 'experiment':
    case 'group':
      return (await Promise.all(node.runs.map(({ view }) => newestOf({ store }, view)))).flat();
    case 'more':
      return [];
  }
}

async function checkpointAt({ store }: Source, folder: string): Promise<RunCheckpoint[]> {
  const view = store.find(dirname(dirname(folder)));
  if (view === undefined) return [];
  const { checkpoints } = await store.details(view.folder);
  const checkpoint = checkpoints.find((one) => one.folder === folder);
  return checkpoint === undefined ? [] : [{ view, checkpoint }];
}

async function newestOf({ store }: Source, view: RunView): Promise<RunCheckpoint[]> {
  const { checkpoints } = await store.details(view.folder);
  const checkpoint = checkpoints.at(-1);
  return checkpoint === undefined ? [] : [{ view, checkpoint }];
}

/** Runs first, as many as wanted; of one run alone any of its checkpoints. */
async function askForCheckpoints({ store }: Source): Promise<RunCheckpoint[]> {
  const candidates = store.views
    .filter(({ status }) => status.step > 0)
    .sort((a, b) => (a.run.created < b.run.created ? 1 : -1));
  if (candidates.length === 0) {
    sayNone();
    return [];
  }
  const items = candidates.map((view) => ({
    label: `${view.run.experiment} · ${view.tags.name ?? runLabel(view.run)}`,
    description: runDescription(view, new Date(), l10n.t),
    detail: view.run.id,
    view,
  }));
  const placeHolder = l10n.t('Runs to evaluate');
  const options = { placeHolder, matchOnDetail: true, canPickMany: true } as const;
  const picked = await vscode.window.showQuickPick(items, options);
  const [first, ...others] = picked ?? [];
  if (first === undefined) return [];
  if (others.length === 0) return askOfOne({ store }, first.view);
  const newest = [first, ...others].map(({ view }) => newestOf({ store }, view));
  return (await Promise.all(newest)).flat();
}

async function askOfOne({ store }: Source, view: RunView): Promise<RunCheckpoint[]> {
  const { checkpoints } = await store.details(view.folder);
  if (checkpoints.length < 2) return checkpoints.map((checkpoint) => ({ view, checkpoint }));
  const items = [...checkpoints].reverse().map((checkpoint, index) => ({
    label: checkpointLabel(checkpoint, l10n.t),
    description: checkpointDescription(checkpoint, l10n.t),
    picked: index === 0,
    checkpoint,
  }));
  const placeHolder = l10n.t('Checkpoints of {0}', runLabel(view.run));
  const picked = await vscode.window.showQuickPick(items, { placeHolder, canPickMany: true });
  return (picked ?? []).map(({ checkpoint }) => ({ view, checkpoint }));
}

function unique(found: readonly RunCheckpoint[]): RunCheckpoint[] {
  return [...new Map(found.map((one) => [one.checkpoint.folder, one])).values()];
}

function sayNone(): void {
  const text = l10n.t('There is no checkpoint to evaluate yet.');
  void vscode.window.showInformationMessage(text);
}

// What a command is about: the runs or the checkpoint that it was called on, those selected in the sidebar, or
// those that the user picks.
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { checkpointDescription, checkpointLabel, type CheckpointView } from './runDetails';
import { isActive, runDescription, runLabel, type RunView } from './runModel';
import type { RunStore } from './runStore';
import type { Node } from './treeModel';

/** `services`, or as much of them as is needed here. */
export interface PickSource {
  store: RunStore;
  tree: { selection: readonly Node[] };
}

export interface RunChoice {
  /** Asked when nothing says which. */
  placeholder: string;
  /** Said when there is no such run. */
  none: string;
  accepts(view: RunView): boolean;
}

export interface CheckpointChoice extends RunChoice {
  /** Of a run that is named, the last one, without asking. */
  takesLast?: boolean;
}

export interface PickedCheckpoint {
  view: RunView;
  checkpoint: CheckpointView;
}

/** Of a command's arguments: a run's folder, a node of the tree, and the selected nodes when there are several. */
export async function pickRuns(
  { store, tree }: PickSource,
  given: readonly unknown[],
  choice: RunChoice,
): Promise<RunView[]> {
  const isNamed = given.flat().some((one) => one !== undefined);
  if (isNamed) return acceptedRuns(store, given.flat(), choice);
  const selected = acceptedRuns(store, tree.selection, choice);
  return selected.length > 0 ? selected : askForRun(store, choice);
}

/** As `pickRuns`, for one checkpoint: a folder of one is given too; of a run it is the user who says which. */
export async function pickCheckpoint(
  source: PickSource,
  given: readonly unknown[],
  choice: CheckpointChoice,
): Promise<PickedCheckpoint | undefined> {
  const [first] = given.flat();
  const folder = checkpointFolderOf(first ?? source.tree.selection[0]);
  // A text may name either: a run's folder is asked about below.
  if (folder !== undefined && source.store.find(folder) === undefined) {
    const found = await findCheckpoint(source.store, folder);
    if (found !== undefined && choice.accepts(found.view)) return found;
    if (first !== undefined) return undefined;
  }
  const [view] = await pickRuns(source, given, choice);
  if (view === undefined) return undefined;
  const { checkpoints } = await source.store.details(view.folder);
  const last = choice.takesLast === true && first !== undefined ? checkpoints.at(-1) : undefined;
  const checkpoint = last ?? (await askForCheckpoint(view, checkpoints));
  return checkpoint && { view, checkpoint };
}

function acceptedRuns(store: RunStore, given: readonly unknown[], choice: RunChoice): RunView[] {
  const folders = new Set(given.flatMap(runFolderOf));
  return (
    [...folders]
      // A page names a checkpoint by its folder: RUN/checkpoints/step-000200.
      .map((folder) => store.find(folder) ?? store.find(dirname(dirname(folder))))
      .filter((view) => view !== undefined)
      .filter((view) => choice.accepts(view))
  );
}

async function askForRun(store: RunStore, choice: RunChoice): Promise<RunView[]> {
  const candidates = store.views
    .filter((view) => choice.accepts(view))
    .sort((a, b) => (a.run.created < b.run.created ? 1 : -1));
  const [only] = candidates;
  if (only === undefined) {
    void vscode.window.showInformationMessage(choice.none);
    return [];
  }
  if (candidates.length === 1) return [only];
  const items = candidates.map((view) => ({
    label: `${view.run.experiment} · ${runLabel(view.run)}`,
    description: runDescription(view, new Date(), vscode.l10n.t),
    detail: view.run.id,
    picked: isActive(view.status.state),
    view,
  }));
  const options = { placeHolder: choice.placeholder, matchOnDetail: true };
  const picked = await vscode.window.showQuickPick(items, options);
  return picked === undefined ? [] : [picked.view];
}

async function askForCheckpoint(
  { run }: RunView,
  checkpoints: readonly CheckpointView[],
): Promise<CheckpointView | undefined> {
  if (checkpoints.length === 0) {
    const text = vscode.l10n.t('{0} has no checkpoint yet.', runLabel(run));
    void vscode.window.showInformationMessage(text);
  }
  if (checkpoints.length < 2) return checkpoints[0];
  const items = [...checkpoints].reverse().map((checkpoint) => ({
    label: checkpointLabel(checkpoint, vscode.l10n.t),
    description: checkpointDescription(checkpoint, vscode.l10n.t),
    checkpoint,
  }));
  const placeHolder = vscode.l10n.t('Checkpoint of {0}', runLabel(run));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.checkpoint;
}

async function findCheckpoint(
  store: RunStore,
  folder: string,
): Promise<PickedCheckpoint | undefined> {
  const view = store.find(dirname(dirname(folder)));
  if (view === undefined) return undefined;
  const { checkpoints } = await store.details(view.folder);
  const checkpoint = checkpoints.find((one) => one.folder === folder);
  return checkpoint && { view, checkpoint };
}

/** Of a folder, or a run or checkpoint of the tree. */
export function runFolderOf(given: unknown): string[] {
  if (typeof given === 'string') return [given];
  const node = asNode(given);
  if (node?.kind === 'run') return [node.view.folder];
  return node?.kind === 'checkpoint' ? [node.run.folder] : [];
}

function checkpointFolderOf(given: unknown): string | undefined {
  if (typeof given === 'string') return given;
  const node = asNode(given);
  return node?.kind === 'checkpoint' ? node.checkpoint.folder : undefined;
}

function asNode(given: unknown): Node | undefined {
  return typeof given === 'object' && given !== null && 'kind' in given
    ? (given as Node)
    : undefined;
}

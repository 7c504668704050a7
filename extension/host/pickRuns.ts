// Which runs a command is about: those of the tree that it was called on, or those that the user picks.
import * as vscode from 'vscode';
import { isActive, runDescription, runLabel, type RunView } from './runModel';
import type { RunStore } from './runStore';
import type { Node } from './treeModel';

export interface RunChoice {
  /** Asked when nothing says which. */
  placeholder: string;
  /** Said when there is no such run. */
  none: string;
  accepts(view: RunView): boolean;
}

/** Of a command's arguments: a run's folder, a node of the tree, and the selected nodes when there are several. */
export async function pickRuns(
  store: RunStore,
  given: readonly unknown[],
  choice: RunChoice,
): Promise<RunView[]> {
  const named = given.flatMap((one) => (Array.isArray(one) ? one : [one]).flatMap(folderOf));
  if (named.length > 0) {
    const views = [...new Set(named)].map((folder) => store.find(folder));
    return views.filter((view) => view !== undefined).filter((view) => choice.accepts(view));
  }
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

function folderOf(given: unknown): string[] {
  if (typeof given === 'string') return [given];
  if (typeof given !== 'object' || given === null || !('kind' in given)) return [];
  const node = given as Node;
  if (node.kind === 'run') return [node.view.folder];
  return node.kind === 'checkpoint' ? [node.run.folder] : [];
}

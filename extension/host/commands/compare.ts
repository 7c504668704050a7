// Compare Runs: those it is called on, those checked or selected in the sidebar, or those that are picked.
import * as vscode from 'vscode';
import { runFolderOf } from '../pickRuns';
import { runDescription, runLabel } from '../runModel';
import type { RunStore } from '../runStore';
import type { Services } from '../services';

const { l10n } = vscode;
const fewest = 2;

export async function compare(services: Services, ...given: unknown[]): Promise<void> {
  const folders = await chooseFolders(services, given);
  if (folders !== undefined && folders.length > 0)
    await services.pages.show('compare', { folders });
}

/** Undefined if the user changed their mind. */
async function chooseFolders(
  { store, tree }: Services,
  given: readonly unknown[],
): Promise<string[] | undefined> {
  const named = known(store, given.flat().flatMap(runFolderOf));
  if (named.length >= fewest) return named;
  const checked = known(store, [...named, ...tree.checked]);
  if (checked.length >= fewest) return checked;
  const selected = known(store, [...named, ...tree.selection.flatMap(runFolderOf)]);
  if (selected.length >= fewest) return selected;
  return askForRuns(store, selected);
}

/** The newest first, with some chosen already; undefined if the user changed their mind. */
export async function askForRuns(
  store: RunStore,
  chosen: readonly string[],
): Promise<string[] | undefined> {
  if (store.views.length === 0) {
    void vscode.window.showInformationMessage(l10n.t('There are no runs yet.'));
    return undefined;
  }
  const items = [...store.views]
    .sort((a, b) => (a.run.created < b.run.created ? 1 : -1))
    .map((view) => ({
      label: `${view.run.experiment} · ${runLabel(view.run)}`,
      description: runDescription(view, new Date(), l10n.t),
      detail: view.run.id,
      picked: chosen.includes(view.folder),
      folder: view.folder,
    }));
  const placeHolder = l10n.t('Runs to compare');
  const options = { placeHolder, canPickMany: true as const, matchOnDetail: true };
  const picked = await vscode.window.showQuickPick(items, options);
  return picked?.map(({ folder }) => folder);
}

function known(store: RunStore, folders: readonly string[]): string[] {
  return [...new Set(folders)].filter((folder) => store.find(folder) !== undefined);
}

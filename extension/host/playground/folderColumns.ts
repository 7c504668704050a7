// Columns of folders that are no checkpoints of the runs here: models and adapters from anywhere.
import * as vscode from 'vscode';
import { isAdapterFolder } from '../../runs/adapterFolder';
import type { PlaygroundColumn } from '../../shared/pages/playgroundPage';
import { baseOf, knownFolders } from '../evaluation/pickModel';
import type { ModelNode } from '../models/modelModel';
import type { Services } from '../services';
import { folderColumn } from './columns';

const { l10n } = vscode;

/** Of the sidebar's models; undefined for one that cannot be run, or whose base is not here. */
export function modelColumn({ entry, base }: ModelNode): PlaygroundColumn | undefined {
  if (entry.problem !== undefined) return undefined;
  const { folder, kind } = entry;
  if (kind === 'model') return folderColumn({ model: folder }, l10n.t);
  return base === undefined ? undefined : folderColumn({ model: base, adapter: folder }, l10n.t);
}

/** Of an adapter the user says on which model, where it does not say so itself. */
export async function columnOf(
  { store }: Services,
  folder: string,
): Promise<PlaygroundColumn | undefined> {
  if (!isAdapterFolder(folder)) {
    return folderColumn({ model: folder }, l10n.t);
  }
  const model = await baseOf(folder, knownFolders(store.views).models);
  return model === undefined ? undefined : folderColumn({ model, adapter: folder }, l10n.t);
}

export async function chooseFolderColumn(
  services: Services,
): Promise<PlaygroundColumn | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    title: l10n.t('Model or adapter folder'),
  });
  const folder = chosen?.[0]?.fsPath;
  return folder === undefined ? undefined : columnOf(services, folder);
}

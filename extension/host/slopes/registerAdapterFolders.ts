// Tells menus which folders hold an adapter: only those are offered to be diagnosed.
import * as vscode from 'vscode';
import { adapterPattern, findAdapters } from './adapterFolders';

/** A checkpoint writes many files at once. */
const settleMs = 2000;

export function registerAdapterFolders(): vscode.Disposable {
  let pending: NodeJS.Timeout | undefined;
  const tell = async (): Promise<void> => {
    const folders = await findAdapters();
    await vscode.commands.executeCommand('setContext', 'adapterLab.adapterFolders', folders);
  };
  const tellSoon = (): void => {
    clearTimeout(pending);
    pending = setTimeout(() => void tell(), settleMs);
  };
  const watcher = vscode.workspace.createFileSystemWatcher(adapterPattern, false, true);
  tellSoon();
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(tellSoon),
    watcher.onDidDelete(tellSoon),
    {
      dispose: () => {
        clearTimeout(pending);
      },
    },
  );
}

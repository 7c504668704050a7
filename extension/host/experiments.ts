// The experiment files of the workspace, and the folders that hold their runs.
import { join } from 'node:path';
import * as vscode from 'vscode';
import { affectsRuns, runsDirectoryOf } from './settings';

const pattern = '**/*.experiment.json';
const excluded = '**/{node_modules,.git}/**';

export function isExperiment(uri: vscode.Uri): boolean {
  return uri.scheme === 'file' && uri.path.endsWith('.experiment.json');
}

export async function findExperiments(): Promise<vscode.Uri[]> {
  const found = await vscode.workspace.findFiles(pattern, excluded);
  return found.filter(isExperiment).sort((a, b) => (a.fsPath < b.fsPath ? -1 : 1));
}

/** Also `runs` at the top of each workspace folder: runs may be copied here without their experiment. */
export function runsDirectories(experiments: readonly vscode.Uri[]): string[] {
  const tops = (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => join(uri.fsPath, 'runs'));
  return [...new Set([...experiments.map(runsDirectoryOf), ...tops])];
}

/** Calls back when the folders of runs may be others. */
export function onExperimentsChanged(listener: () => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(pattern, false, true, false);
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(listener),
    watcher.onDidDelete(listener),
    vscode.workspace.onDidChangeWorkspaceFolders(listener),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (affectsRuns(change)) listener();
    }),
  );
}

/** Calls back when files are written, and with `isOther` when they come or go. */
export function watchExperiments(listener: (isOther: boolean) => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  const onOther = (): void => {
    listener(true);
  };
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(onOther),
    watcher.onDidDelete(onOther),
    watcher.onDidChange(() => {
      listener(false);
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(onOther),
  );
}

// Which folders are models or adapters: found in the workspace, or added by hand.
import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { adapterConfigs } from '../../runs/adapterFolder';

const addedKey = 'adapterLab.modelFolders';
const excluded = '{**/node_modules/**,**/.git/**,**/checkpoints/step-*/**,**/*.unfinished/**}';
const configs = `**/{config.json,${adapterConfigs.join(',')}}`;
const weights = '**/{*.safetensors,*.safetensors.index.json,pytorch_model*.bin}';
/** A workspace may hold a whole hub's cache. */
const mostFiles = 5000;

/** In a home that several windows share. */
export class AddedModels {
  constructor(private readonly state: vscode.Memento) {}

  get folders(): string[] {
    return this.state.get<string[]>(addedKey, []);
  }

  async add(folders: readonly string[]): Promise<void> {
    await this.state.update(addedKey, [...new Set([...this.folders, ...folders])]);
  }

  async remove(folders: readonly string[]): Promise<void> {
    const kept = this.folders.filter((folder) => !folders.includes(folder));
    await this.state.update(addedKey, kept);
  }
}

/** Folders with a configuration and weights; an adapter's configuration is enough by its name. */
export async function findModelFolders(): Promise<string[]> {
  const [found, weighted] = await Promise.all([
    vscode.workspace.findFiles(configs, excluded, mostFiles),
    vscode.workspace.findFiles(weights, excluded, mostFiles),
  ]);
  const withWeights = new Set(weighted.map(({ fsPath }) => dirname(fsPath)));
  const folders = found
    .filter(({ scheme }) => scheme === 'file')
    .filter(
      ({ path, fsPath }) =>
        adapterConfigs.includes(basename(path)) || withWeights.has(dirname(fsPath)),
    )
    .map(({ fsPath }) => dirname(fsPath));
  return [...new Set(folders)].sort();
}

/** Calls back when some may have come, gone or changed. */
export function watchModels(listener: () => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(configs);
  const onEvent = ({ path }: vscode.Uri): void => {
    if (!/\/(node_modules|\.git)\/|\/checkpoints\/step-|\.unfinished\//.test(path)) listener();
  };
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(onEvent),
    watcher.onDidChange(onEvent),
    watcher.onDidDelete(onEvent),
    vscode.workspace.onDidChangeWorkspaceFolders(listener),
  );
}

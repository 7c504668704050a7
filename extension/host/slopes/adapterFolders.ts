// Model and adapter folders of the workspace, as a diagnosis asks for them.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import * as vscode from 'vscode';
import { adapterConfigs, adapterFiles, isAdapterFolder } from '../../runs/adapterFolder';
import { checkpointStep } from '../../runs/checkpoints';

/** A file of each adapter, or two. */
export const adapterPattern = `**/{${adapterConfigs.join(',')}}`;
const modelFile = 'config.json';
const excluded = '**/{node_modules,.git,.venv}/**';
const mostFound = 500;

/** Has weights, and a config that says what they are. */
export function isModel(folder: string): boolean {
  if (isAdapterFolder(folder) || !existsSync(join(folder, modelFile))) return false;
  const weights = ['model.safetensors', 'model.safetensors.index.json'];
  return weights.some((name) => existsSync(join(folder, name)));
}

export async function findAdapters(): Promise<string[]> {
  return foldersOf(await vscode.workspace.findFiles(adapterPattern, excluded, mostFound));
}

export async function findModels(): Promise<string[]> {
  const found = await vscode.workspace.findFiles(`**/${modelFile}`, excluded, mostFound);
  return foldersOf(found).filter((folder) => isModel(folder) && !isCheckpoint(folder));
}

/** The base that an adapter's config names, if it is there: as it stands, or from where an adapter may lie. */
export function namedBase(adapter: string): string | undefined {
  const name = baseName(adapter);
  if (name === undefined || name === '') return undefined;
  const roots = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const candidates = isAbsolute(name)
    ? [name]
    : [adapter, dirname(adapter), ...roots].map((from) => resolve(from, name));
  return candidates.find(isModel);
}

/** As the adapter's config spells it. */
export function baseName(adapter: string): string | undefined {
  try {
    const config = JSON.parse(readFileSync(adapterFiles(adapter).config, 'utf8')) as object | null;
    const name =
      config !== null && 'base_model_name_or_path' in config
        ? config.base_model_name_or_path
        : undefined;
    return typeof name === 'string' ? name : undefined;
  } catch {
    // The command line tells what is wrong with the file.
    return undefined;
  }
}

/** What a run of full fine-tuning left is no base that others were trained from. */
function isCheckpoint(folder: string): boolean {
  return checkpointStep(basename(folder)) !== undefined;
}

function foldersOf(files: readonly vscode.Uri[]): string[] {
  return [...new Set(files.map(({ fsPath }) => dirname(fsPath)))].sort(
    (a, b) => basename(a).localeCompare(basename(b)) || a.localeCompare(b),
  );
}

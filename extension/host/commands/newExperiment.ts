// New Experiment: a commented experiment file for a model or adapter, where the user wants it.
import { writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import * as vscode from 'vscode';
import { experimentSuffix as suffix, freeName } from '../experimentsView/freeName';
import { newExperimentText } from '../experimentsView/newExperiment';
import type { ModelNode } from '../models/modelModel';
import type { Services } from '../services';

const { l10n } = vscode;

/** `given`: the model's node; `target`: the file; both are asked for otherwise. */
export async function newExperiment(
  services: Services,
  given: unknown,
  target: unknown,
): Promise<vscode.Uri | undefined> {
  const chosen = isModel(given) ? partsOf(given) : await chooseModel(services);
  if (chosen === undefined) return undefined;
  const file = target instanceof vscode.Uri ? target : await chooseFile(chosen.model);
  if (file === undefined) return undefined;
  const folder = dirname(file.fsPath);
  const from = (path: string): string => pathFrom(folder, path);
  const text = newExperimentText({
    name: basename(file.fsPath, suffix),
    model: from(chosen.model),
    data: from((await findData()) ?? join(folder, 'data', 'train.json')),
    ...(chosen.adapter !== undefined && { adapter: from(chosen.adapter) }),
  });
  await writeFile(file.fsPath, text);
  await services.discover();
  await vscode.window.showTextDocument(file, { preview: false });
  return file;
}

interface Chosen {
  model: string;
  adapter?: string;
}

function isModel(given: unknown): given is ModelNode {
  return typeof given === 'object' && given !== null && 'kind' in given && given.kind === 'model';
}

function partsOf({ entry }: ModelNode): Chosen {
  if (entry.kind !== 'adapter') return { model: entry.folder };
  if (typeof entry.baseFolder === 'string') {
    return { model: entry.baseFolder, adapter: entry.folder };
  }
  throw new Error(l10n.t('The base model of {0} is not on this machine.', entry.folder));
}

async function chooseModel({ models }: Services): Promise<Chosen | undefined> {
  const nodes = (await models.all()).filter(
    ({ entry }) => entry.problem === undefined && entry.baseFolder !== null,
  );
  const items = nodes.map((node) => ({
    label: node.path,
    description: node.entry.architecture ?? node.entry.method ?? '',
    chosen: partsOf(node),
  }));
  const browse = { label: l10n.t('$(folder-opened) Another Folder…'), chosen: undefined };
  const placeHolder = l10n.t('Model to train');
  const picked = await vscode.window.showQuickPick([...items, browse], { placeHolder });
  if (picked === undefined || picked.chosen !== undefined) return picked?.chosen;
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: l10n.t('Use This Model'),
      title: l10n.t('Hugging Face model folder'),
    })) ?? [];
  return folder && { model: folder.fsPath };
}

async function chooseFile(model: string): Promise<vscode.Uri | undefined> {
  const owner = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(model));
  const [first] = vscode.workspace.workspaceFolders ?? [];
  const folder = (owner ?? first)?.uri.fsPath ?? dirname(model);
  const chosen = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(freeName(folder, basename(model))),
    filters: { JSON: ['json'] },
    saveLabel: l10n.t('Create'),
    title: l10n.t('New experiment file'),
  });
  // Dialogs differ in what they add to a name.
  return chosen?.with({ path: chosen.path.replace(/(\.experiment|\.json)*$/, suffix) });
}

/** A file of the workspace that looks like records to train on: the one that lies highest. */
async function findData(): Promise<string | undefined> {
  const pattern = '**/*train*.{json,jsonl,csv,parquet}';
  const found = await vscode.workspace.findFiles(pattern, '**/{node_modules,.git,runs}/**', 200);
  return found
    .map(({ fsPath }) => fsPath)
    .filter((path) => !/(^|[\\/])trainer_|tsconfig|\.experiment\.json$/.test(path))
    .sort((a, b) => a.split(/[\\/]/).length - b.split(/[\\/]/).length || (a < b ? -1 : 1))[0];
}

/** Relative where that does not leave the drive, with slashes. */
function pathFrom(folder: string, path: string): string {
  const found = relative(folder, path);
  return (isAbsolute(found) ? found : found || '.').replace(/\\/g, '/');
}

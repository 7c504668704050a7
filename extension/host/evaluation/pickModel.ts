// Which model or adapter folder is evaluated, and on whose data: known ones, or folders that the user chooses.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import * as vscode from 'vscode';
import { adapterFiles, isAdapterFolder } from '../../runs/adapterFolder';
import { findExperiments, runsDirectories } from '../experiments';
import type { ModelNode } from '../models/modelModel';
import type { RunView } from '../runModel';
import type { Services } from '../services';
import { experimentFolder, modelTarget, type EvaluationTarget } from './evaluationTarget';

const { l10n } = vscode;

/** `given`: a folder, a line of the sidebar's models, or nothing; `givenData`: a folder, or nothing. Undefined if the user changed their mind. */
export async function pickModelTarget(
  { store, models }: Services,
  given: unknown,
  givenData?: string,
): Promise<EvaluationTarget | undefined> {
  const known = knownFolders(store.views);
  const listed = folderOf(given) === undefined ? await usableModels(models) : [];
  const folders = [...new Set([...known.models, ...listed.map(({ entry }) => entry.folder)])];
  const folder = folderOf(given) ?? (await ask(folders, l10n.t('Model or adapter to evaluate')));
  if (folder === undefined) return undefined;
  const isAdapter = isAdapterFolder(folder);
  const node = isModelNode(given) ? given : listed.find(({ entry }) => entry.folder === folder);
  const base = node?.entry.baseFolder;
  const model = isAdapter ? (base ?? (await baseOf(folder, known.models))) : folder;
  if (model === undefined) return undefined;
  const data = givenData ?? (await askForData(known.data));
  if (data === undefined) return undefined;
  const runsDirectory = await runsDirectoryFor(data, store.views);
  return modelTarget(model, isAdapter ? folder : undefined, { data, runsDirectory });
}

async function askForData(known: readonly string[]): Promise<string | undefined> {
  return known.length === 1 ? known[0] : ask(known, l10n.t("Folder of the tasks' questions"));
}

interface KnownFolders {
  models: string[];
  data: string[];
}

/** Those that the runs of this workspace use. */
export function knownFolders(views: readonly RunView[]): KnownFolders {
  const models = new Set<string>();
  const data = new Set<string>();
  for (const view of views) {
    const place = experimentFolder(view);
    models.add(resolve(place, view.run.settings.model));
    data.add(resolve(place, view.run.settings.evaluation.data));
  }
  const present = (folders: Set<string>): string[] => [...folders].filter((one) => existsSync(one));
  return { models: present(models), data: present(data) };
}

/** Of the sidebar: those that can be run, adapters without a base here among them, for the base can be chosen. */
async function usableModels(models: Services['models']): Promise<ModelNode[]> {
  const nodes = await models.all();
  return nodes.filter(({ entry }) => entry.problem === undefined);
}

function folderOf(given: unknown): string | undefined {
  if (typeof given === 'string') return given;
  if (given instanceof vscode.Uri) return given.fsPath;
  return isModelNode(given) ? given.entry.folder : undefined;
}

/** Of the sidebar's models and adapters. */
function isModelNode(given: unknown): given is ModelNode {
  return typeof given === 'object' && given !== null && 'kind' in given && given.kind === 'model';
}

/** What the adapter says it was trained on, where that is a folder here; otherwise the user says it. */
export async function baseOf(
  adapter: string,
  models: readonly string[],
): Promise<string | undefined> {
  const named = namedBase(adapter);
  if (named !== undefined) return named;
  return ask(models, l10n.t('Model that the adapter {0} was trained on', basename(adapter)));
}

function namedBase(adapter: string): string | undefined {
  try {
    const text = readFileSync(adapterFiles(adapter).config, 'utf8');
    const { base_model_name_or_path: base } = JSON.parse(text) as Record<string, unknown>;
    if (typeof base !== 'string' || base === '') return undefined;
    const folder = isAbsolute(base) ? base : resolve(adapter, base);
    return existsSync(join(folder, 'config.json')) ? folder : undefined;
  } catch {
    // Not readable: the evaluation will say what is wrong with it.
    return undefined;
  }
}

async function ask(folders: readonly string[], placeHolder: string): Promise<string | undefined> {
  const choose = {
    label: l10n.t('Choose a Folder…'),
    iconPath: new vscode.ThemeIcon('folder-opened'),
    folder: '',
  };
  const items = folders.map((folder) => ({
    label: basename(folder),
    description: vscode.workspace.asRelativePath(dirname(folder)),
    iconPath: new vscode.ThemeIcon('folder'),
    folder,
  }));
  const picked =
    folders.length === 0
      ? choose
      : await vscode.window.showQuickPick([...items, choose], { placeHolder });
  if (picked?.folder !== '') return picked?.folder;
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    title: placeHolder,
  });
  return chosen?.[0]?.fsPath;
}

/** Results stand beside the runs that share the data, else beside the first folder of runs. */
async function runsDirectoryFor(data: string, views: readonly RunView[]): Promise<string> {
  const sharing = views.find(
    (view) => resolve(experimentFolder(view), view.run.settings.evaluation.data) === data,
  );
  if (sharing !== undefined) return dirname(sharing.folder);
  return runsDirectories(await findExperiments())[0] ?? join(dirname(data), 'runs');
}

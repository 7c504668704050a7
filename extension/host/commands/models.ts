// What is done with models and adapters: add, remove, reveal, copy their path, merge.
import * as vscode from 'vscode';
import { mergeModel } from '../mergeModel';
import type { ModelNode } from '../models/modelModel';
import { askForNewFolder } from '../newFolder';
import { revealFolder } from '../revealFolder';
import type { Services } from '../services';
import { refuseUntrusted } from '../trust';

const { l10n } = vscode;

/** `given`: the folders; asked for otherwise. */
export async function addModelFolder({ models }: Services, given: unknown): Promise<void> {
  const chosen = given instanceof vscode.Uri ? [given] : await chooseFolders();
  if (chosen.length === 0) return;
  await models.added.add(chosen.map(({ fsPath }) => fsPath));
  models.refresh();
  await vscode.commands.executeCommand('adapterLab.models.focus');
}

/** From the list; the folder stays where it is. */
export async function removeModel({ models }: Services, ...given: unknown[]): Promise<void> {
  const placeholder = l10n.t('Model to take off the list');
  const nodes = await pickModels(models, given, placeholder, ({ isAdded }) => isAdded);
  await models.added.remove(nodes.map(({ entry }) => entry.folder));
  models.refresh();
}

export async function revealModel({ models }: Services, ...given: unknown[]): Promise<void> {
  const [first] = await pickModels(models, given, l10n.t('Model whose folder to reveal'));
  if (first !== undefined) await revealFolder(first.entry.folder);
}

export async function copyModelPath({ models }: Services, ...given: unknown[]): Promise<void> {
  const nodes = await pickModels(models, given, l10n.t('Model whose path to copy'));
  if (nodes.length === 0) return;
  await vscode.env.clipboard.writeText(nodes.map(({ entry }) => entry.folder).join('\n'));
}

/**
 * Folds an adapter into its base and writes a model folder: `target`, or where the user wants it. The new folder;
 * undefined if there is none.
 */
export async function mergeIntoBase(
  services: Services,
  given: unknown,
  target: unknown,
): Promise<string | undefined> {
  refuseUntrusted();
  const named = isModelNode(given) ? [given] : [];
  const placeholder = l10n.t('Adapter to merge into its base model');
  const isMergeable = ({ base, entry }: ModelNode): boolean =>
    base !== undefined && entry.problem === undefined && entry.kind === 'adapter';
  const [node] = await pickModels(services.models, named, placeholder, isMergeable);
  if (node?.base === undefined) return undefined;
  const chosen =
    target instanceof vscode.Uri
      ? target.fsPath
      : await askForNewFolder(`${node.folder}-merged`, l10n.t('Merge Here'));
  if (chosen === undefined) return undefined;
  const title = l10n.t('Merging {0}', node.path);
  return mergeModel(services, { base: node.base, adapter: node.folder, target: chosen, title });
}

/** Those of the command's arguments, those selected in the view, or the one that is picked. */
export async function pickModels(
  models: Services['models'],
  given: readonly unknown[],
  placeHolder: string,
  accepts: (node: ModelNode) => boolean = () => true,
): Promise<ModelNode[]> {
  const named = given.flat().filter(isModelNode);
  if (named.length > 0) return [...new Set(named)].filter(accepts);
  const selected = models.view.selection.filter(accepts);
  if (selected.length > 0) return selected;
  const candidates = (await models.all()).filter(accepts);
  if (candidates.length === 0) {
    void vscode.window.showInformationMessage(l10n.t('There is no such model in the list.'));
    return [];
  }
  const items = candidates.map((node) => ({
    label: node.path,
    description: node.entry.architecture ?? node.entry.method ?? '',
    node,
  }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder });
  return picked === undefined ? [] : [picked.node];
}

function isModelNode(given: unknown): given is ModelNode {
  return typeof given === 'object' && given !== null && 'kind' in given && given.kind === 'model';
}

async function chooseFolders(): Promise<vscode.Uri[]> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    canSelectMany: true,
    openLabel: l10n.t('Add'),
    title: l10n.t('Model or adapter folder'),
  });
  return chosen ?? [];
}

// What is done with models and adapters: add, remove, reveal, copy their path.
import * as vscode from 'vscode';
import type { ModelNode } from '../models/modelModel';
import type { Services } from '../services';

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
  if (first === undefined) return;
  const folder = vscode.Uri.file(first.entry.folder);
  // The system's file manager shows the window's machine: over a remote connection the folder is elsewhere.
  const isHere = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
  const command = isHere ? 'revealFileInOS' : 'revealInExplorer';
  await vscode.commands.executeCommand(command, folder);
}

export async function copyModelPath({ models }: Services, ...given: unknown[]): Promise<void> {
  const nodes = await pickModels(models, given, l10n.t('Model whose path to copy'));
  if (nodes.length === 0) return;
  await vscode.env.clipboard.writeText(nodes.map(({ entry }) => entry.folder).join('\n'));
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

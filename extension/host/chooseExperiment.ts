// Which experiment a command is about when nothing says it: the one in the active editor, the only one of the
// workspace, or the one that is picked.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { findExperiments, isExperiment } from './experiments';

export async function chooseExperiment(placeHolder: string): Promise<vscode.Uri | undefined> {
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active !== undefined && isExperiment(active)) return active;
  const found = await findExperiments();
  if (found.length === 0) {
    const create = vscode.l10n.t('Create Starter Experiment');
    const text = vscode.l10n.t('This workspace holds no experiment file (NAME.experiment.json).');
    const chosen = await vscode.window.showInformationMessage(text, create);
    if (chosen === create) await vscode.commands.executeCommand('adapterLab.createStarter');
    return undefined;
  }
  if (found.length === 1) return found[0];
  const items = found.map((uri) => ({
    label: basename(uri.fsPath, '.experiment.json'),
    description: vscode.workspace.asRelativePath(uri),
    iconPath: new vscode.ThemeIcon('beaker'),
    uri,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.uri;
}

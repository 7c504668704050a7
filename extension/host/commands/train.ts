// Train: hands an experiment file to the command line, which checks all of it, makes the run folders and leaves
// a process of its own that trains them one after another: they go on when the window closes.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { findExperiments, isExperiment } from '../experiments';
import type { Refusal } from '../refusal';
import type { Services } from '../services';
import { startRuns } from '../startRuns';
import type { ExperimentNode } from '../treeModel';

/** Folder of the first run that started; undefined if none did. */
export async function train(services: Services, given: unknown): Promise<string | undefined> {
  if (!vscode.workspace.isTrusted) {
    throw new Error(vscode.l10n.t('Training needs a trusted workspace.'));
  }
  const experiment = givenExperiment(given) ?? (await chooseExperiment());
  if (experiment === undefined) return undefined;
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === experiment.fsPath);
  if (open?.isDirty === true && !(await open.save())) return undefined;
  await services.discover();
  const started = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Starting {0}', basename(experiment.fsPath)),
    },
    () => startRuns(services, experiment),
  );
  if (Array.isArray(started)) {
    const [first] = started;
    if (first !== undefined) await services.tree.reveal(first);
    return first;
  }
  void showRefusal(services, started);
  return undefined;
}

function givenExperiment(given: unknown): vscode.Uri | undefined {
  if (given instanceof vscode.Uri) return given;
  if (typeof given !== 'object' || given === null || !('kind' in given)) return undefined;
  return vscode.Uri.file((given as ExperimentNode).file);
}

/** The one in the active editor, the only one, or the one that is picked. */
async function chooseExperiment(): Promise<vscode.Uri | undefined> {
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
  const placeHolder = vscode.l10n.t('Experiment to train');
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.uri;
}

async function showRefusal({ output }: Services, refusal: Refusal): Promise<void> {
  const { message, file, line } = refusal;
  const open = vscode.l10n.t('Open File');
  const show = vscode.l10n.t('Show Output');
  const chosen = await vscode.window.showErrorMessage(message, file === undefined ? show : open);
  if (chosen === show) output.show();
  if (chosen !== open || file === undefined) return;
  const at = new vscode.Position(Math.max(0, (line ?? 1) - 1), 0);
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    selection: new vscode.Range(at, at),
  });
}

// Train: hands an experiment file to the command line, which checks it and trains its runs one after another,
// detached, so that they go on when the window closes.
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { findExperiments, isExperiment } from '../experiments';
import { refusalOf, type Refusal } from '../refusal';
import type { Services } from '../services';
import { overridesOf, runsDirectoryOf } from '../settings';
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
    () => start(services, experiment),
  );
  if (typeof started === 'string') {
    await services.tree.reveal(started);
    return started;
  }
  if (started !== undefined) void showRefusal(services, started);
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

/** Done when the first run is there, or when the command line ended without one. */
async function start(
  services: Services,
  experiment: vscode.Uri,
): Promise<string | Refusal | undefined> {
  const { context, programs, store, output } = services;
  mkdirSync(context.logUri.fsPath, { recursive: true });
  const log = join(context.logUri.fsPath, `train-${Date.now()}`);
  const files = { stdout: `${log}.json`, stderr: `${log}.log` };
  const overrides = Object.entries(overridesOf(experiment)).flatMap(([setting, value]) => [
    '--set',
    `${setting}=${value}`,
  ]);
  const runs = ['--runs', runsDirectoryOf(experiment)];
  const earlier = new Set(store.views.map(({ folder }) => folder));
  output.info(`train ${experiment.fsPath} ${[...runs, ...overrides].join(' ')}`);
  const child = programs.startDetached(
    ['train', experiment.fsPath, ...runs, ...overrides, '--json'],
    files,
  );
  const ended = once(child, 'exit').then(() => undefined);
  const first = firstRun(services, experiment, earlier);
  const folder = await Promise.race([first.appeared, ended]);
  first.dispose();
  if (folder !== undefined) return folder;
  const stderr = readFileSync(files.stderr, 'utf8');
  output.info(stderr);
  if (child.exitCode !== 0) return refusalOf(readFileSync(files.stdout, 'utf8'), stderr);
  return undefined;
}

/** The first run of the experiment that was not there before. */
function firstRun(
  { store }: Services,
  experiment: vscode.Uri,
  earlier: ReadonlySet<string>,
): { appeared: Promise<string>; dispose: () => void } {
  let found: (folder: string) => void;
  const appeared = new Promise<string>((resolve) => (found = resolve));
  const listening = store.onDidChange(() => {
    const run = store.views.find(
      ({ folder, run: { experimentFile } }) =>
        !earlier.has(folder) && experimentFile === experiment.fsPath,
    );
    if (run !== undefined) found(run.folder);
  });
  return {
    appeared,
    dispose: () => {
      listening.dispose();
    },
  };
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

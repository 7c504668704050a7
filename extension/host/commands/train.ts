// Train and Queue: hand an experiment file to the command line, which checks all of it, makes the run folders and
// lets them wait in this machine's queue. A process of its own trains them: they go on when the window closes.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { toEnd } from '../../launch/queueOrder';
import { chooseExperiment } from '../chooseExperiment';
import type { Refusal } from '../refusal';
import type { RunView } from '../runModel';
import type { Services } from '../services';
import { startRuns, type QueuePlace } from '../startRuns';
import { refuseUntrusted } from '../trust';
import { mayWait } from './queue';

/** Before all that waits: at once when the device is free. Folder of the first run; undefined if there is none. */
export async function train(services: Services, ...given: unknown[]): Promise<string | undefined> {
  refuseUntrusted();
  const [experiment] = await pickExperiments(given.slice(0, 1));
  return experiment && (await letWait(services, experiment, 'front'))[0];
}

/** Behind all that waits: experiments, and runs that had stopped. Folder of the first run. */
export async function queue(services: Services, ...given: unknown[]): Promise<string | undefined> {
  refuseUntrusted();
  const runs = given.flat().flatMap(stoppedRun);
  if (runs.length > 0) {
    const folders = [...new Set(runs)];
    await services.queue.join(folders, toEnd);
    await services.queueTree.show(folders);
    return folders[0];
  }
  const folders: string[] = [];
  for (const experiment of await pickExperiments(given)) {
    folders.push(...(await letWait(services, experiment, 'end')));
  }
  await services.queueTree.show(folders);
  return folders[0];
}

/** Folders of the runs that wait now. */
export function queueExperiment(services: Services, experiment: vscode.Uri): Promise<string[]> {
  return letWait(services, experiment, 'end');
}

async function letWait(
  services: Services,
  experiment: vscode.Uri,
  place: QueuePlace,
): Promise<string[]> {
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === experiment.fsPath);
  if (open?.isDirty === true && !(await open.save())) return [];
  await services.discover();
  const name = basename(experiment.fsPath);
  const title =
    place === 'front' ? vscode.l10n.t('Starting {0}', name) : vscode.l10n.t('Queueing {0}', name);
  const started = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title },
    () => startRuns(services, experiment, {}, place),
  );
  if ('message' in started) {
    void showRefusal(services, started);
    return [];
  }
  const [first] = started;
  if (first !== undefined) await services.tree.reveal(first);
  return started;
}

/** A run's node whose run may wait: of the runs' tree or the queue's. */
function stoppedRun(given: unknown): string[] {
  if (typeof given !== 'object' || given === null || !('view' in given)) return [];
  const { view } = given as { view: RunView };
  return mayWait(view) ? [view.folder] : [];
}

/** Of a command's arguments: the files, or the nodes that name one, each once; else the one that is chosen. */
export async function pickExperiments(given: readonly unknown[]): Promise<vscode.Uri[]> {
  const named = given.flat().flatMap(givenExperiment);
  if (named.length > 0) return [...new Map(named.map((uri) => [uri.toString(), uri])).values()];
  const chosen = await chooseExperiment(vscode.l10n.t('Experiment to train'));
  return chosen === undefined ? [] : [chosen];
}

function givenExperiment(given: unknown): vscode.Uri[] {
  if (given instanceof vscode.Uri) return [given];
  if (typeof given !== 'object' || given === null || !('file' in given)) return [];
  return typeof given.file === 'string' ? [vscode.Uri.file(given.file)] : [];
}

async function showRefusal({ output }: Services, refusal: Refusal): Promise<void> {
  const { message, file, line } = refusal;
  const open = vscode.l10n.t('Open File');
  const show = vscode.l10n.t('Show Output');
  // The path that the command line was given is long, and the button knows it.
  const said = file && message.replace(file, vscode.workspace.asRelativePath(file));
  const chosen = await vscode.window.showErrorMessage(
    said ?? message,
    file === undefined ? show : open,
  );
  if (chosen === show) output.show();
  if (chosen !== open || file === undefined) return;
  const at = new vscode.Position(Math.max(0, (line ?? 1) - 1), 0);
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    selection: new vscode.Range(at, at),
  });
}

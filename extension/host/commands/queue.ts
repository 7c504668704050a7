// What is done to the queue: pause, resume, the order of what waits, and what is dropped on it.
import * as vscode from 'vscode';
import { putBefore, step, type Step } from '../../launch/queueOrder';
import { isExperiment } from '../experiments';
import type { QueueNode } from '../queue/queueModel';
import type { Drop } from '../queue/queueTree';
import { runContext, runLabel, type RunView } from '../runModel';
import type { Services } from '../services';
import { refuseUntrusted } from '../trust';

const { l10n } = vscode;

export function pauseQueue({ queue }: Services): Promise<void> {
  return queue.change((before) => ({ ...before, paused: true }));
}

export async function resumeQueue({ queue }: Services): Promise<void> {
  refuseUntrusted();
  await queue.change((before) => ({ ...before, paused: false }));
}

/** Beside whatever runs, and also while the queue is paused. */
export async function startNow(services: Services, ...given: unknown[]): Promise<void> {
  refuseUntrusted();
  const folders = await pickWaiting(services, given, l10n.t('Run to start now'));
  if (folders.length === 0) return;
  await services.queue.change((before) => ({ ...before, now: [...before.now, ...folders] }));
}

export function moveToFront(services: Services, ...given: unknown[]): Promise<void> {
  return move(services, given, 'front');
}

export function moveUp(services: Services, ...given: unknown[]): Promise<void> {
  return move(services, given, 'up');
}

export function moveDown(services: Services, ...given: unknown[]): Promise<void> {
  return move(services, given, 'down');
}

/** It is stopped then, and waits again when it is resumed. */
export async function removeFromQueue(services: Services, ...given: unknown[]): Promise<void> {
  const folders = await pickWaiting(services, given, l10n.t('Run to take out of the queue'));
  if (folders.length > 0) await services.queue.leave(folders);
}

/** Orders what waits, and queues stopped runs and experiments, where they were dropped. */
export async function dropOnQueue(services: Services, drop: Drop): Promise<void> {
  const { queue, store } = services;
  const { runs, before } = drop;
  const experiments = drop.experiments.filter(isExperiment);
  const waits = new Set(queue.content.waiting.map(({ folder }) => folder));
  const moved = runs.filter((folder) => waits.has(folder));
  if (moved.length > 0) await queue.change((order) => putBefore(order, moved, before));
  const joining = runs.filter((folder) => {
    const view = store.find(folder);
    return view !== undefined && !waits.has(folder) && mayWait(view);
  });
  if (joining.length === 0 && experiments.length === 0) return;
  refuseUntrusted();
  const place = (order: Parameters<typeof putBefore>[0], folders: readonly string[]) =>
    putBefore(order, folders, before);
  if (joining.length > 0) await queue.join(joining, place);
  const { queueExperiment } = await import('./train');
  for (const experiment of experiments) {
    const folders = await queueExperiment(services, experiment);
    if (before === undefined) continue;
    await queue.change((order) => putBefore(order, folders, before));
  }
}

/** Whether a run is one that a trainer could go on with, or that waits for a queue that forgot it. */
export function mayWait({ status }: RunView): boolean {
  return status.state === 'queued' || runContext(status.state).split(' ').includes('canResume');
}

async function move(services: Services, given: unknown[], where: Step): Promise<void> {
  const folders = await pickWaiting(services, given, l10n.t('Waiting run to move'));
  if (folders.length === 0) return;
  await services.queue.change((before) => step(before, folders, where));
  await services.queueTree.select(folders);
}

/** Of the waiting runs: those of the command's arguments, those selected in the view, or the one that is picked. */
async function pickWaiting(
  { queue, queueTree }: Services,
  given: readonly unknown[],
  placeHolder: string,
): Promise<string[]> {
  const { waiting } = queue.content;
  const named = given.flat().flatMap(folderOf);
  const selected = queueTree.view.selection.map(({ view }) => view.folder);
  const wanted = new Set(named.length > 0 ? named : selected);
  const folders = waiting.map(({ folder }) => folder).filter((folder) => wanted.has(folder));
  if (folders.length > 0 || named.length > 0) return folders;
  if (waiting.length === 0) {
    void vscode.window.showInformationMessage(l10n.t('No run waits.'));
    return [];
  }
  const items = waiting.map(({ folder, run }) => ({
    label: runLabel(run),
    description: run.experiment,
    detail: run.id,
    folder,
  }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true });
  return picked === undefined ? [] : [picked.folder];
}

function folderOf(given: unknown): string[] {
  if (typeof given === 'string') return [given];
  if (typeof given !== 'object' || given === null || !('view' in given)) return [];
  return [(given as QueueNode).view.folder];
}

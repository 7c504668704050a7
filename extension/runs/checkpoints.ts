// Checkpoints of a run: folders named by their step. One is filled under a hidden name and appears by rename;
// one that goes is renamed first, so every folder with a step's name is whole.
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, unfinishedSuffix } from './atomicFile';
import { runPaths } from './runPaths';
import { errorCode } from '../shared/systemError';

export interface Checkpoint {
  step: number;
  /** Absolute if the run's is. */
  folder: string;
  sizeBytes: number;
}

/** `step-000200` */
export function checkpointName(step: number): string {
  return `step-${String(step).padStart(6, '0')}`;
}

/** The step of a checkpoint's folder name; undefined for any other name. */
export function checkpointStep(name: string): number | undefined {
  const digits = /^step-(\d{6,})$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Whole ones, the newest last. */
export function listCheckpoints(runFolder: string): Checkpoint[] {
  const { checkpoints } = runPaths(runFolder);
  return namesIn(checkpoints)
    .flatMap((name) => {
      const step = checkpointStep(name);
      const folder = join(checkpoints, name);
      return step === undefined ? [] : [{ step, folder, sizeBytes: sizeOf(folder) }];
    })
    .sort((a, b) => a.step - b.step);
}

/** Of whole ones, without a look at their size. */
export function checkpointNames(runFolder: string): string[] {
  const names = namesIn(runPaths(runFolder).checkpoints);
  return names.filter((name) => checkpointStep(name) !== undefined).sort();
}

/** An empty folder to write a checkpoint into; readers skip it. */
export function stageCheckpoint(runFolder: string, step: number): string {
  const staging = stagingFolder(runFolder, step);
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  return staging;
}

/** Makes a staged checkpoint, whose files are synced, appear; one of the same step gives way. */
export function publishCheckpoint(runFolder: string, step: number): Checkpoint {
  const { checkpoints } = runPaths(runFolder);
  const staging = stagingFolder(runFolder, step);
  const folder = join(checkpoints, checkpointName(step));
  syncFolder(staging);
  hide(runFolder, checkpointName(step));
  renameSync(staging, folder);
  syncFolder(checkpoints);
  removeHidden(runFolder, 'old');
  return { step, folder, sizeBytes: sizeOf(folder) };
}

/** Keeps the newest `keep`; gives back those that went. File systems take their time to free what was large. */
export async function removeOldCheckpoints(runFolder: string, keep: number): Promise<Checkpoint[]> {
  const all = listCheckpoints(runFolder);
  const old = all.slice(0, Math.max(0, all.length - keep));
  for (const { step } of old) hide(runFolder, checkpointName(step));
  const removed = hiddenIn(runFolder, 'old').map((folder) =>
    rm(folder, { recursive: true, force: true }),
  );
  await Promise.all(removed);
  return old;
}

/** What a killed trainer left behind. Only for the holder of the run's lock. */
export function removeUnfinishedCheckpoints(runFolder: string): void {
  removeHidden(runFolder, '');
}

function stagingFolder(runFolder: string, step: number): string {
  return join(runPaths(runFolder).checkpoints, `.${checkpointName(step)}${unfinishedSuffix}`);
}

function hide(runFolder: string, name: string): void {
  const { checkpoints } = runPaths(runFolder);
  const hidden = join(checkpoints, `.${name}.old${unfinishedSuffix}`);
  rmSync(hidden, { recursive: true, force: true });
  try {
    renameSync(join(checkpoints, name), hidden);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

function removeHidden(runFolder: string, kind: 'old' | ''): void {
  for (const folder of hiddenIn(runFolder, kind)) rmSync(folder, { recursive: true, force: true });
}

function hiddenIn(runFolder: string, kind: 'old' | ''): string[] {
  const { checkpoints } = runPaths(runFolder);
  const suffix = kind === '' ? unfinishedSuffix : `.${kind}${unfinishedSuffix}`;
  return namesIn(checkpoints)
    .filter((name) => name.startsWith('.') && name.endsWith(suffix))
    .map((name) => join(checkpoints, name));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Of all files in it; one that goes meanwhile counts nothing. */
function sizeOf(folder: string): number {
  return namesIn(folder).reduce((sum, name) => {
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    if (stat === undefined) return sum;
    return sum + (stat.isDirectory() ? sizeOf(join(folder, name)) : stat.size);
  }, 0);
}

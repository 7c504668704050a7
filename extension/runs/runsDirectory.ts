// All runs of a folder of runs.
import { readdir } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { Failure } from '../shared/failures';
import type { RunFile, StatusFile } from '../shared/run';
import type { RunFileCache } from './runFileCache';
import { readRun } from './runFolder';
import { mayBeRun, runIdOf } from './runPaths';
import { readStatus } from './status';
import { readTags, type TagsFile } from './tags';
import { errorCode } from '../shared/systemError';
import { Turns } from './turns';

export interface ListedRun {
  /** The folder's name. */
  id: string;
  folder: string;
  run: RunFile;
  /** Undefined if status.json is missing or half copied. */
  status: StatusFile | undefined;
  tags: TagsFile;
}

export interface BrokenRun {
  id: string;
  folder: string;
  /** A sentence. */
  problem: string;
}

export interface RunListing {
  runs: ListedRun[];
  broken: BrokenRun[];
}

/** The newest first; folders that are no runs are left out. */
export async function listRuns(runsDirectory: string): Promise<RunListing> {
  const listing: RunListing = { runs: [], broken: [] };
  const folders = await runFolders(runsDirectory);
  const turns = new Turns();
  for (const folder of folders) {
    if (turns.isOver) await turns.yield();
    const read = readListedRun(folder);
    if (read === undefined) continue;
    if ('run' in read) listing.runs.push(read);
    else listing.broken.push(read);
  }
  return listing;
}

/** One run as `listRuns` gives it; undefined if the folder is no run, or no longer there. */
export function readListedRun(
  folder: string,
  cache?: RunFileCache,
): ListedRun | BrokenRun | undefined {
  const id = runIdOf(folder);
  try {
    const run = cache === undefined ? readRun(folder) : cache.read(folder);
    return run && { id, folder, run, status: readStatus(folder), tags: readTags(folder) };
  } catch (error) {
    if (error instanceof Failure) return { id, folder, problem: error.message };
    throw error;
  }
}

/** Absolute, those of the newest id first; some may be no runs. Ids begin with their time. */
export async function runFolders(runsDirectory: string): Promise<string[]> {
  const directory = resolve(runsDirectory);
  // Names are compared, and paths made of them without normalising each: there may be thousands.
  const start = join(directory, sep);
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries
      .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && mayBeRun(entry.name))
      .map(({ name }) => name)
      .sort()
      .reverse()
      .map((name) => start + name);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}

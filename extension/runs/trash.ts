// Runs that the user threw away: moved by rename into a hidden folder beside them, so that they come back as they
// were, until the trash is emptied.
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../shared/failures';
import { lockHolder } from './lock';
import { runIdOf, runPaths } from './runPaths';
import { errorCode, problemOf } from '../shared/systemError';

const trashName = '.trash';
/** A run's id, and which of several runs of that id it is. */
const trashedName = /^(.*?)(?:~\d+)?$/;

export interface TrashedRun {
  /** Where it was, and goes back to. */
  folder: string;
  trashed: string;
}

/** Undefined if the run is gone already. A trainer's run is refused: it would go on writing into the trash. */
export function moveToTrash(folder: string): TrashedRun | undefined {
  const holder = lockHolder(folder);
  if (holder?.alive === true) {
    const { pid, host } = holder;
    throw new Failure('run-busy', { folder, pid, host, lockFile: runPaths(folder).lock });
  }
  const trash = join(dirname(folder), trashName);
  try {
    mkdirSync(trash, { recursive: true });
    const trashed = freeName(trash, runIdOf(folder));
    renameSync(folder, trashed);
    return { folder, trashed };
  } catch (error) {
    if (errorCode(error) === 'ENOENT' && !existsSync(folder)) return undefined;
    throw unwritable(error, folder);
  }
}

/** False if it is no longer in the trash; a run of its name that is there by now is left alone, and told. */
export function restoreFromTrash({ folder, trashed }: TrashedRun): boolean {
  if (!existsSync(trashed)) return false;
  // A rename onto an empty folder would succeed.
  if (existsSync(folder)) throw new Failure('run-exists', { folder });
  try {
    renameSync(trashed, folder);
    return true;
  } catch (error) {
    throw unwritable(error, folder);
  }
}

/** The newest id first. */
export function listTrash(runsDirectory: string): TrashedRun[] {
  const trash = join(runsDirectory, trashName);
  try {
    return readdirSync(trash)
      .sort()
      .reverse()
      .map((name) => ({
        folder: join(runsDirectory, trashedName.exec(name)?.[1] ?? name),
        trashed: join(trash, name),
      }));
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** For good. */
export async function deleteFromTrash({ folder, trashed }: TrashedRun): Promise<void> {
  try {
    await rm(trashed, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    throw unwritable(error, folder);
  }
}

function freeName(trash: string, id: string): string {
  const names = [id, ...Array.from({ length: 1000 }, (_, index) => `${id}~${index + 2}`)];
  const free = names.map((name) => join(trash, name)).find((path) => !existsSync(path));
  return free ?? join(trash, `${id}~${Date.now()}`);
}

function unwritable(error: unknown, folder: string): unknown {
  if (errorCode(error) === undefined) return error;
  return new Failure('run-folder-unwritable', { folder, problem: problemOf(error) });
}

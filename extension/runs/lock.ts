// One trainer a folder: the lock in a run folder that names it.
import { Failure } from '../shared/failures';
import { fileHolder, lockFile, type FileLock, type LockHolder } from './lockFile';
import { runPaths } from './runPaths';

/** Throws Failure 'run-busy' if another process holds the folder. */
export function acquireLock(folder: string): FileLock {
  const { lock } = runPaths(folder);
  const holder = lockFile(lock);
  if (holder === undefined) throw new Failure('run-missing', { folder });
  if ('release' in holder) return holder;
  throw new Failure('run-busy', { folder, pid: holder.pid, host: holder.host, lockFile: lock });
}

/** Who holds the folder; undefined if nobody does. */
export function lockHolder(folder: string): LockHolder | undefined {
  return fileHolder(runPaths(folder).lock);
}

// One evaluation at a time writes into a folder of results.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { evaluationLockName } from '../shared/evaluationFile';
import { Failure } from '../shared/failures';
import { fileHolder, lockFile, type FileLock, type LockHolder } from './lockFile';
import { problemOf } from '../shared/systemError';

/** Makes the folder; throws Failure 'evaluation-busy' if another process writes there. */
export function lockEvaluation(folder: string): FileLock {
  const file = join(folder, evaluationLockName);
  const result = acquire(folder, file);
  if (result !== undefined && 'release' in result) return result;
  const { pid, host } = result ?? { pid: 0, host: '' };
  throw new Failure('evaluation-busy', { folder, pid, host, lockFile: file });
}

/** Who writes there; undefined if nobody does, or whoever did is gone. */
export function evaluationHolder(folder: string): LockHolder | undefined {
  const holder = fileHolder(join(folder, evaluationLockName));
  return holder?.alive === true ? holder : undefined;
}

function acquire(folder: string, file: string): FileLock | LockHolder | undefined {
  try {
    mkdirSync(folder, { recursive: true });
    return lockFile(file);
  } catch (error) {
    throw new Failure('output-unwritable', { path: folder, problem: problemOf(error) });
  }
}

// A lock file that names its process. The lock of a process of this host that is gone is taken over; about other
// hosts nothing is known, so theirs stand until someone deletes the file.
import { randomBytes } from 'node:crypto';
import { linkSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import * as z from 'zod/mini';
import { readJsonIfWhole, unfinishedSuffix } from './atomicFile';
import { processIsAlive, processStart } from './processes';
import { errorCode } from '../shared/systemError';

const lockContent = z.object({
  format: z.literal(1),
  pid: z.number(),
  host: z.string(),
  started: z.string(),
  /** Tells two locks of one process apart. */
  nonce: z.string(),
});
type LockContent = z.infer<typeof lockContent>;

export interface FileLock {
  release(): void;
}

export interface LockHolder {
  pid: number;
  host: string;
  /** Always true for another host. */
  alive: boolean;
}

/** The lock; or who holds it; undefined if the file's folder is gone. */
export function lockFile(file: string): FileLock | LockHolder | undefined {
  const result = acquire(file);
  if (result === undefined || 'release' in result) return result;
  return { pid: result.pid, host: result.host, alive: true };
}

/** Who holds the file; undefined if nobody does. */
export function fileHolder(file: string): LockHolder | undefined {
  const content = readLock(file);
  return content && { pid: content.pid, host: content.host, alive: isHeld(content) };
}

function acquire(file: string): FileLock | LockContent | undefined {
  const own: LockContent = {
    format: 1,
    pid: process.pid,
    host: hostname(),
    started: processStart(process.pid),
    nonce: randomBytes(8).toString('hex'),
  };
  const temporary = `${file}.${own.nonce}${unfinishedSuffix}`;
  try {
    writeFileSync(temporary, `${JSON.stringify(own)}\n`);
    if (createExclusively(file, temporary))
      return {
        release: () => {
          release(file, own);
        },
      };
    const current = readLock(file);
    if (current !== undefined && isHeld(current)) return current;
    if (current === undefined && isYoung(file)) return { ...own, pid: 0 };
    return takeOver(file, temporary, own);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** False if the file is there already. A link, so that it never appears without its text. */
function createExclusively(file: string, temporary: string): boolean {
  try {
    linkSync(temporary, file);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return false;
    if (code === 'ENOENT' || code === 'ENOSPC') throw error;
  }
  // A file system without hard links.
  try {
    writeFileSync(file, JSON.stringify(readJsonIfWhole(temporary)), { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Replaces a stale lock. Of several that try at once one may: a second lock guards this step, and under it
 * the first is looked at again.
 */
function takeOver(
  file: string,
  temporary: string,
  own: LockContent,
): FileLock | LockContent | undefined {
  const guard = acquire(`${file}.takeover`);
  if (guard === undefined || !('release' in guard)) return guard;
  try {
    const current = readLock(file);
    if (current !== undefined && isHeld(current)) return current;
    renameSync(temporary, file);
    return {
      release: () => {
        release(file, own);
      },
    };
  } finally {
    guard.release();
  }
}

function release(file: string, own: LockContent): void {
  if (readLock(file)?.nonce === own.nonce) rmSync(file, { force: true });
}

function readLock(file: string): LockContent | undefined {
  return lockContent.safeParse(readJsonIfWhole(file)).data;
}

function isHeld({ pid, host, started }: LockContent): boolean {
  if (host !== hostname()) return true;
  return processIsAlive(pid) && (started === '' || started === processStart(pid));
}

/** Without hard links a lock is empty for a moment; one that stays so was left by a killed process. */
function isYoung(file: string): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs < 10_000;
}

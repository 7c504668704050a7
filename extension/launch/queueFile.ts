// queue.json: which runs wait for this machine's device, in order. Any window and any shell may change it: each
// change reads the file under a lock and replaces it whole, so a process killed at any moment leaves the old order
// or the new one.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { writeAtomically } from '../runs/atomicFile';
import { lockFile, type FileLock } from '../runs/lockFile';
import { readStatus } from '../runs/status';
import { errorCode, problemOf } from '../shared/systemError';
import { Failure } from '../shared/failures';

const queueFile = z.object({
  format: z.literal(1),
  /** Nothing more is started, but for `now`. */
  paused: z._default(z.boolean(), false),
  /** Runs at a time. */
  parallel: z._default(z.int().check(z.gte(1)), 1),
  /** Absolute run folders that wait, the next one first. */
  folders: z._default(z.array(z.string()), []),
  /** Those of them that start beside whatever runs. */
  now: z._default(z.array(z.string()), []),
  /** Taken from the queue and not yet seen to have ended. */
  running: z._default(z.array(z.string()), []),
});
export type Queue = z.infer<typeof queueFile>;

export interface QueuePaths {
  queue: string;
  /** Held for each change. */
  lock: string;
  /** Held by the driver while it lives. */
  driver: string;
  /** What a driver said that nobody was there to hear. */
  log: string;
}

export function queuePaths(directory: string): QueuePaths {
  return {
    queue: join(directory, 'queue.json'),
    lock: join(directory, 'queue.lock'),
    driver: join(directory, 'driver.lock'),
    log: join(directory, 'driver.log'),
  };
}

const lockPollMs = 10;
/** A change takes milliseconds, a start some more. */
const lockLimitMs = 15_000;

/** Empty if there is none yet; a Failure if something else was written there. */
export function readQueue(directory: string): Queue {
  const file = queuePaths(directory).queue;
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return queueFile.parse({ format: 1 });
    throw new Failure('queue-broken', { file, problem: problemOf(error) });
  }
  const parsed = queueFile.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const problem = `"${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'it is not valid'}`;
  throw new Failure('queue-broken', { file, problem });
}

export interface LockedQueue {
  /** Those whose runs are gone or no longer wait are left out. */
  readonly queue: Queue;
  save(queue: Queue): void;
  release(): void;
}

/** Waits for whoever changes the queue just now. */
export async function lockQueue(directory: string): Promise<LockedQueue> {
  mkdirSync(directory, { recursive: true });
  const lock = await waitForLock(queuePaths(directory).lock);
  try {
    const read = readQueue(directory);
    let written = JSON.stringify(read);
    const folders = read.folders.filter(isWaiting);
    return {
      queue: { ...read, folders, now: read.now.filter((folder) => folders.includes(folder)) },
      save: (queue) => {
        const text = JSON.stringify(queue);
        if (text === written) return;
        writeAtomically(queuePaths(directory).queue, `${JSON.stringify(queue, null, 2)}\n`);
        written = text;
      },
      release: () => {
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Reads, changes and writes the queue while nobody else does. */
export async function changeQueue(
  directory: string,
  change: (queue: Queue) => Queue,
): Promise<Queue> {
  const locked = await lockQueue(directory);
  try {
    const changed = change(locked.queue);
    locked.save(changed);
    return changed;
  } finally {
    locked.release();
  }
}

export function isWaiting(folder: string): boolean {
  return readStatus(folder)?.state === 'queued';
}

async function waitForLock(file: string): Promise<FileLock> {
  for (const endMs = Date.now() + lockLimitMs; ;) {
    const lock = lockFile(file);
    if (lock !== undefined && 'release' in lock) return lock;
    if (Date.now() > endMs) {
      const { pid, host } = lock ?? { pid: 0, host: '' };
      throw new Failure('queue-busy', { pid, host, lockFile: file });
    }
    await new Promise((resolve) => setTimeout(resolve, lockPollMs));
  }
}

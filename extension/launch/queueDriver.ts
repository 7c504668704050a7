// Starts the waiting runs of a queue, as many at a time as it says, until none is left or it is paused. It may be
// killed at any moment: the queue and the run folders say everything, and the next driver goes on from there.
import { lockHolder } from '../runs/lock';
import { fileHolder, lockFile, type FileLock } from '../runs/lockFile';
import { processIsAlive } from '../runs/processes';
import { readStatus, writeStatus } from '../runs/status';
import { problemOf } from '../shared/systemError';
import { Failure } from '../shared/failures';
import { activeStates, type FailureRecord } from '../shared/run';
import type { Launcher } from './launcher';
import { isWaiting, lockQueue, queuePaths, readQueue, type Queue } from './queueFile';
import { nextToStart, toFront, without } from './queueOrder';
import { markQueued } from './queueRuns';

export interface DriverOptions {
  launcher: Launcher;
  /** False once the program's files are gone, as after an update: a driver of the new ones goes on. */
  isInstalled: () => boolean;
  pollMs?: number;
}

export class QueueDriver {
  /** Trainers that were started here. */
  private readonly pids = new Map<string, number>();
  private drivenAs: FileLock | undefined;

  constructor(
    private readonly directory: string,
    private readonly options: DriverOptions,
  ) {}

  /** Done when there is nothing more to start and what runs has ended; at once if another driver lives. */
  async drive(): Promise<void> {
    const lock = lockFile(queuePaths(this.directory).driver);
    if (lock === undefined || !('release' in lock)) return;
    this.drivenAs = lock;
    try {
      while (await this.takeTurn()) await this.nextChange();
    } finally {
      lock.release();
    }
  }

  /** Sees what ended and starts what may start; false at the end. */
  private async takeTurn(): Promise<boolean> {
    const locked = await lockQueue(this.directory);
    try {
      let queue = settle(locked.queue, this.pids);
      locked.save(queue);
      if (!this.options.isInstalled()) return this.end();
      for (;;) {
        const folder = nextToStart(queue);
        if (folder === undefined) break;
        const isStarted = await this.start(folder, () => {
          queue = { ...without(queue, [folder]), running: [...queue.running, folder] };
          locked.save(queue);
        });
        // It failed, or it is not for us to start: either way it is out.
        if (!isStarted)
          queue = { ...queue, running: queue.running.filter((one) => one !== folder) };
      }
      locked.save(queue);
      return queue.running.length > 0 || this.end();
    } finally {
      locked.release();
    }
  }

  /** While the queue is locked: who adds to it next finds no driver, and starts one. */
  private end(): false {
    this.drivenAs?.release();
    return false;
  }

  private async start(folder: string, take: () => void): Promise<boolean> {
    take();
    try {
      const { pid } = await this.options.launcher.start(folder);
      this.pids.set(folder, pid);
      return true;
    } catch (error) {
      failUnstarted(folder, error);
      return false;
    }
  }

  private async nextChange(): Promise<void> {
    const before = JSON.stringify(readQueue(this.directory));
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, this.options.pollMs ?? 250));
      const queue = readQueue(this.directory);
      if (JSON.stringify(queue) !== before) return;
      if (queue.running.some((folder) => !isAtWork(folder, this.pids))) return;
    }
  }
}

/** Whether a driver lives. */
export function isDriven(directory: string): boolean {
  return fileHolder(queuePaths(directory).driver)?.alive ?? false;
}

/** Whether there is something that a driver would do. */
export function needsDriver(queue: Queue): boolean {
  const waiting = { ...queue, folders: queue.folders.filter(isWaiting), running: [] };
  return nextToStart(waiting) !== undefined || queue.running.some(wasNeverStarted);
}

/** Those that ended leave `running`; those that were taken and never started wait again, before all others. */
function settle(queue: Queue, pids: ReadonlyMap<string, number>): Queue {
  const unstarted = queue.running.filter((folder) => !pids.has(folder) && wasNeverStarted(folder));
  for (const folder of unstarted) markQueued(folder);
  const running = queue.running.filter(
    (folder) => !unstarted.includes(folder) && isAtWork(folder, pids),
  );
  return { ...toFront(queue, unstarted), running };
}

/** The driver that took it was killed before its trainer came to life. */
function wasNeverStarted(folder: string): boolean {
  const status = readStatus(folder);
  if (status?.state === 'queued') return true;
  return status?.state === 'lost' && status.pid === null && lockHolder(folder)?.alive !== true;
}

function isAtWork(folder: string, pids: ReadonlyMap<string, number>): boolean {
  const status = readStatus(folder);
  if (status === undefined || !activeStates.includes(status.state)) return false;
  if (lockHolder(folder)?.alive === true) return true;
  // A trainer takes the lock some milliseconds after its start.
  if (status.pid !== null) return false;
  const pid = pids.get(folder);
  return pid === undefined || processIsAlive(pid);
}

/** A run that is gone or that another trainer holds just drops out. */
function failUnstarted(folder: string, error: unknown): void {
  const status = readStatus(folder);
  const isUnstarted = status?.state === 'queued' || status?.state === 'starting';
  if (!isUnstarted || status.pid !== null || lockHolder(folder)?.alive === true) return;
  const heartbeat = new Date().toISOString();
  try {
    writeStatus(folder, { ...status, state: 'failed', failure: recordOf(error), heartbeat });
  } catch (problem) {
    // Its folder went away or the disk is full.
    console.error(problem);
  }
}

function recordOf(error: unknown): FailureRecord {
  return isFailure(error)
    ? { code: error.code, message: error.message }
    : { code: 'internal', message: problemOf(error) };
}

function isFailure(error: unknown): error is Failure {
  return error instanceof Failure;
}

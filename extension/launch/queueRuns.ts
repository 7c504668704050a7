// Runs that join and leave the queue. A run's state says whether it waits: one that leaves is stopped, one that
// joins goes on from its last checkpoint when its turn comes.
import { clearControl } from '../runs/control';
import { lockHolder } from '../runs/lock';
import { readRunOrFail } from '../runs/runFolder';
import { runPaths } from '../runs/runPaths';
import { emptyStatus, readStatus, writeStatus } from '../runs/status';
import { Failure } from '../shared/failures';
import type { StatusFile } from '../shared/run';
import { lockQueue, type Queue } from './queueFile';
import { without } from './queueOrder';

/** `place` says where: the queue with the folders in it. */
export async function joinQueue(
  directory: string,
  folders: readonly string[],
  place: (queue: Queue, folders: readonly string[]) => Queue,
): Promise<void> {
  const locked = await lockQueue(directory);
  try {
    for (const folder of folders) refuseIfBusy(folder);
    // First the queue: a process killed in between leaves stopped runs, not some that wait for nobody.
    locked.save(place(locked.queue, folders));
    for (const folder of folders) markQueued(folder);
  } finally {
    locked.release();
  }
}

/** Those that no longer waited are left as they are. */
export async function leaveQueue(directory: string, folders: readonly string[]): Promise<void> {
  const locked = await lockQueue(directory);
  try {
    const leaving = locked.queue.folders.filter((folder) => folders.includes(folder));
    for (const folder of leaving) changeState(folder, 'stopped');
    locked.save(without(locked.queue, folders));
  } finally {
    locked.release();
  }
}

function refuseIfBusy(folder: string): void {
  readRunOrFail(folder);
  const holder = lockHolder(folder);
  if (holder?.alive !== true) return;
  const { pid, host } = holder;
  throw new Failure('run-busy', { folder, pid, host, lockFile: runPaths(folder).lock });
}

/** Also for a run that was taken from the queue and whose trainer never came to life. */
export function markQueued(folder: string): void {
  clearControl(folder);
  if (readStatus(folder)?.state !== 'queued') changeState(folder, 'queued');
}

/** What an earlier trainer reached stays visible; its failure does not. */
function changeState(folder: string, state: 'queued' | 'stopped'): void {
  const { step, steps, loss } = readStatus(folder) ?? emptyStatus();
  const status: StatusFile = { ...emptyStatus(), state, step, steps, loss };
  writeStatus(folder, status);
}

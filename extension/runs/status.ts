// status.json: written by whoever owns the run (the launcher until the trainer runs, then the trainer), read
// by everyone. `lost` is never written: readers find it out.
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { Failure } from '../shared/failures';
import { activeStates, statusFile, type StatusFile } from '../shared/run';
import { readJsonIfWhole, writeAtomically } from './atomicFile';
import { lockHolder } from './lock';
import { processIsAlive } from './processes';
import { runPaths } from './runPaths';

/** A heartbeat older than this asks for a look at the process. */
const heartbeatLimitMs = 30_000;

/** A queued run. */
export function emptyStatus(now = new Date()): StatusFile {
  return {
    format: 1,
    state: 'queued',
    step: 0,
    steps: 0,
    loss: null,
    tokensPerSecond: null,
    secondsLeft: null,
    pid: null,
    host: null,
    heartbeat: now.toISOString(),
  };
}

/** A mere heartbeat need not be `durable`; a change of state should. */
export function writeStatus(folder: string, status: StatusFile, durable = true): void {
  const file = runPaths(folder).status;
  const text = `${JSON.stringify(status, null, 2)}\n`;
  try {
    writeAtomically(file, text, durable);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'disk-full') throw error;
    overwrite(file, text);
  }
}

/** A full disk has no room for a second file, but the blocks of the first one are there: it can say why. */
function overwrite(file: string, text: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    ftruncateSync(descriptor, writeSync(descriptor, text, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** As it stands now, `lost` included; undefined for a file that is missing or half copied. */
export function readStatus(folder: string, now = Date.now()): StatusFile | undefined {
  const status = statusFile.safeParse(readJsonIfWhole(runPaths(folder).status)).data;
  if (status === undefined || !isLost(folder, status, now)) return status;
  return { ...status, state: 'lost', secondsLeft: null, tokensPerSecond: null };
}

/** A trainer should be at work, and there is no sign of it. */
function isLost(folder: string, status: StatusFile, now: number): boolean {
  if (!activeStates.includes(status.state)) return false;
  if (now - Date.parse(status.heartbeat) <= heartbeatLimitMs) return false;
  if (status.pid === null || status.host !== hostname()) return true;
  if (!processIsAlive(status.pid)) return true;
  // The id may belong to another process by now; the lock knows when its own was started.
  const holder = lockHolder(folder);
  return holder?.pid === status.pid && !holder.alive;
}

// The process that drives a queue: detached, so that it outlives the window or the shell that started it.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { isDriven, needsDriver } from './queueDriver';
import { queuePaths, readQueue } from './queueFile';
import { trainerEnvironment } from './trainerEnvironment';

/** If there is something to start and no driver lives. Of several started at once all but one leave again. */
export function driveQueue(directory: string, cliFile: string): void {
  if (!needsDriver(readQueue(directory)) || isDriven(directory)) return;
  const log = openSync(queuePaths(directory).log, 'a');
  try {
    const child = spawn(process.execPath, [cliFile, 'drive', '--queue', directory], {
      cwd: directory,
      detached: true,
      env: trainerEnvironment(process.env),
      stdio: ['ignore', log, log],
      windowsHide: true,
    });
    // A machine that cannot start it now is asked again with the next change.
    child.once('error', console.error);
    child.unref();
  } finally {
    closeSync(log);
  }
}

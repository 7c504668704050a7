// Trains on this machine: a detached process a run, which outlives the window or the shell it came from.
// Everything about it is in the run folder; this object holds no state of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { clearControl, requestControl, type ControlRequest } from '../runs/control';
import { lockHolder } from '../runs/lock';
import { readRunOrFail } from '../runs/runFolder';
import { runPaths } from '../runs/runPaths';
import { emptyStatus, readStatus, writeStatus } from '../runs/status';
import { problemOf } from '../shared/systemError';
import { Failure } from '../shared/failures';
import { activeStates, type StatusFile } from '../shared/run';
import type { Launcher, StartedRun } from './launcher';
import { trainerEnvironment } from './trainerEnvironment';

export interface LocalLauncherOptions {
  /** dist/trainer.js */
  trainerFile: string;
  /** Node, or an editor that can act as Node. */
  nodeFile?: string;
}

export class LocalLauncher implements Launcher {
  constructor(private readonly options: LocalLauncherOptions) {}

  async start(folder: string): Promise<StartedRun> {
    const { trainerFile } = this.options;
    if (!existsSync(trainerFile)) throw new Failure('trainer-missing', { file: trainerFile });
    readRunOrFail(folder);
    refuseIfBusy(folder);
    clearControl(folder);
    writeStatus(folder, startingStatus(folder));
    const child = this.spawnTrainer(folder);
    try {
      await spawned(child);
    } catch (error) {
      const failure = new Failure('trainer-not-started', { folder, problem: problemOf(error) });
      writeFailedStatus(folder, failure);
      throw failure;
    }
    child.once('exit', (code) => {
      if (code !== null) reportEarlyDeath(folder, code);
    });
    child.unref();
    return { pid: child.pid ?? 0 };
  }

  stop(folder: string): Promise<void> {
    return this.request(folder, 'stop');
  }

  cancel(folder: string): Promise<void> {
    return this.request(folder, 'cancel');
  }

  isAlive(folder: string): Promise<boolean> {
    return Promise.resolve(lockHolder(folder)?.alive ?? false);
  }

  private request(folder: string, request: ControlRequest): Promise<void> {
    return Promise.resolve().then(() => {
      requestControl(folder, request);
    });
  }

  private spawnTrainer(folder: string): ChildProcess {
    const log = openSync(runPaths(folder).log, 'a');
    try {
      return spawn(this.options.nodeFile ?? process.execPath, [this.options.trainerFile, folder], {
        cwd: folder,
        detached: true,
        env: trainerEnvironment(process.env),
        stdio: ['ignore', log, log],
        windowsHide: true,
      });
    } finally {
      closeSync(log);
    }
  }
}

function refuseIfBusy(folder: string): void {
  const holder = lockHolder(folder);
  if (holder?.alive !== true) return;
  const { pid, host } = holder;
  throw new Failure('run-busy', { folder, pid, host, lockFile: runPaths(folder).lock });
}

/** What an earlier trainer reached stays visible; its failure does not. */
function startingStatus(folder: string): StatusFile {
  const status = { ...(readStatus(folder) ?? emptyStatus()) };
  delete status.failure;
  delete status.activity;
  return {
    ...status,
    state: 'starting',
    tokensPerSecond: null,
    secondsLeft: null,
    pid: null,
    host: hostname(),
    heartbeat: new Date().toISOString(),
  };
}

/** A trainer that ended by itself before its first word in status.json: the log may tell why. */
function reportEarlyDeath(folder: string, code: number): void {
  const status = readStatus(folder);
  if (status?.state !== 'starting' || status.pid !== null) return;
  const data = { folder, how: `exit code ${code}`, lastLine: lastLine(folder) };
  try {
    writeFailedStatus(folder, new Failure('trainer-died', data));
  } catch {
    // The folder went away with the run, or the disk is full: the run will be found lost.
  }
}

/** Only where no trainer writes the file. */
function writeFailedStatus(folder: string, { code, message, data }: Failure): void {
  const status = readStatus(folder) ?? emptyStatus();
  if (activeStates.includes(status.state) && lockHolder(folder)?.alive === true) return;
  const failure = { code, message, data: { ...data } };
  writeStatus(folder, { ...status, state: 'failed', failure, heartbeat: new Date().toISOString() });
}

/** The line that names the error, above its stack; else the last one. */
function lastLine(folder: string): string {
  try {
    const lines = readFileSync(runPaths(folder).log, 'utf8').trimEnd().split('\n').reverse();
    const error = lines.find((line) => /^\w*Error\b.*:/.test(line));
    return (error ?? lines[0] ?? '').slice(0, 300);
  } catch {
    return '';
  }
}

function spawned(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
}

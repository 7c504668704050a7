// Trainer processes on run folders of a workspace, without a launcher in between.
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll } from 'vitest';
import { prepareRun } from '../../extension/launch/prepareRun';
import { readEvents } from '../../extension/runs/eventReader';
import { createRunFolder } from '../../extension/runs/runFolder';
import { runPaths } from '../../extension/runs/runPaths';
import { readStatus } from '../../extension/runs/status';
import { parseExperiment } from '../../extension/shared/experimentFile';
import type { EventOf, RunEventType, RunState } from '../../extension/shared/run';
import {
  cacheFolder,
  ended,
  tinyExperiment,
  trainerFile,
  Workspace,
  type CliResult,
} from './workspace';

/** A queued run of the workspace's experiment; `changes` replace top-level settings. */
export function makeRun(workspace: Workspace, changes: object): string {
  const file = workspace.path('tiny.experiment.json');
  const [run] = parseExperiment(JSON.stringify({ ...tinyExperiment(), ...changes }), file).runs;
  if (run === undefined) throw new Error('an experiment without runs');
  const origin = { experimentFile: file, version: 'test', gitCommit: null, model: [], data: [] };
  return createRunFolder(workspace.path('runs'), prepareRun(run, origin));
}

export interface Trainer {
  kill(signal: NodeJS.Signals): void;
  ended: Promise<CliResult>;
}

const started: ChildProcess[] = [];

export function startTrainer(run: string): Trainer {
  const env = { ...process.env, XDG_CACHE_HOME: cacheFolder };
  const child = spawn(process.execPath, [trainerFile, run], { env });
  started.push(child);
  return { kill: (signal) => child.kill(signal), ended: ended(child) };
}

/** One workspace for all tests of a file, whose trainers end with it. */
export function useWorkspace(take: (workspace: Workspace) => void): void {
  let workspace: Workspace | undefined;
  beforeAll(() => {
    workspace = new Workspace();
    take(workspace);
  });
  afterAll(() => {
    killTrainers();
    workspace?.remove();
  });
}

/** For the end of a suite: a test that failed may have left its trainer at work. */
export function killTrainers(): void {
  for (const child of started) child.kill('SIGKILL');
}

/** Throws what the trainer said if it failed. */
export async function trainToEnd(run: string): Promise<void> {
  const { code, stderr } = await startTrainer(run).ended;
  if (code !== 0) throw new Error(`the trainer ended with ${String(code)}: ${stderr}`);
}

export function stateOf(run: string): RunState | undefined {
  return readStatus(run)?.state;
}

/** Those of one type, without what a resume made void. */
export async function eventsOf<T extends RunEventType>(
  run: string,
  type: T,
): Promise<EventOf<T>[]> {
  const events = await readEvents(run);
  return events.filter((event): event is EventOf<T> => event.type === type);
}

/** Lines of events.jsonl so far, void ones too. */
export function countLines(run: string): number {
  if (!readdirSync(run).includes('events.jsonl')) return 0;
  return readFileSync(runPaths(run).events, 'utf8').split('\n').length - 1;
}

/** Refuses to wait longer than a busy machine may need, or for a trainer that has gone. */
export async function waitFor(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  trainer?: Trainer,
): Promise<void> {
  let gone: CliResult | undefined;
  void trainer?.ended.then((result) => (gone = result));
  const deadline = Date.now() + 60_000;
  while (!(await isSo())) {
    if (gone && !(await isSo())) throw new Error(`trainer gone before ${what}: ${gone.stderr}`);
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await new Promise((later) => setTimeout(later, 5));
  }
}

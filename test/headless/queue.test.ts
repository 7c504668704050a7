// The queue of a machine: order, pause, limit, and processes that are killed or change it at the same moment.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isDriven, needsDriver } from '../../extension/launch/queueDriver';
import { changeQueue, queuePaths, readQueue } from '../../extension/launch/queueFile';
import { step, toEnd, toFront } from '../../extension/launch/queueOrder';
import { joinQueue, leaveQueue } from '../../extension/launch/queueRuns';
import { requestControl } from '../../extension/runs/control';
import { readEvents } from '../../extension/runs/eventReader';
import { lockHolder } from '../../extension/runs/lock';
import { runPaths } from '../../extension/runs/runPaths';
import { readStatus, writeStatus } from '../../extension/runs/status';
import { compile, exitCode, killHard, sleep, startChild } from '../unit/runs/childProcess';
import { makeRandom } from './tinyModel';
import { makeRun, stateOf, waitFor } from './trainerProcess';
import { cliFile, ended, Workspace } from './workspace';

const endless = { training: { batchSize: 2, steps: 1_000_000, learningRate: 1e-3 } };
let workspace: Workspace;
let queue: string;

beforeEach(() => {
  workspace = new Workspace();
  queue = workspace.path('queue');
});
afterEach(async () => {
  await endAll();
  workspace.remove();
});

/** Nothing of a test trains on after it. */
async function endAll(): Promise<void> {
  const { driver } = queuePaths(queue);
  if (isDriven(queue)) kill(pidIn(driver));
  for (const folder of readQueue(queue).running) {
    const holder = lockHolder(folder);
    if (holder?.alive) kill(holder.pid);
  }
  await sleep(100);
}

function pidIn(lock: string): number {
  return (JSON.parse(readFileSync(lock, 'utf8')) as { pid: number }).pid;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone by itself.
  }
}

function drive(): ChildProcess {
  return spawn(process.execPath, [cliFile, 'drive', '--queue', queue]);
}

/** Drives to the end, which must be a good one. */
async function driveToEnd(): Promise<void> {
  const { code, stderr } = await ended(drive());
  expect(stderr).toBe('');
  expect(code).toBe(0);
}

function makeRuns(count: number, changes: object = {}): string[] {
  return Array.from({ length: count }, () => makeRun(workspace, changes));
}

function isAtStep(folder: string, least: number): boolean {
  const status = readStatus(folder);
  return status?.state === 'running' && status.step >= least;
}

/** Its log is made when its trainer is; its last status is the last it writes. */
function startOf(folder: string): number {
  return statSync(runPaths(folder).log).birthtimeMs;
}
function endOf(folder: string): number {
  return statSync(runPaths(folder).status).mtimeMs;
}

function trainersAlive(folders: string[]): number {
  return folders.filter((folder) => lockHolder(folder)?.alive).length;
}

describe('a driver', () => {
  test('trains run after run, in order, and ends', async () => {
    const [a = '', b = '', c = ''] = makeRuns(3);
    await joinQueue(queue, [b, a], toEnd);
    await joinQueue(queue, [c], toFront);
    await driveToEnd();
    expect([a, b, c].map(stateOf)).toEqual(['done', 'done', 'done']);
    expect(startOf(b)).toBeGreaterThanOrEqual(endOf(c));
    expect(startOf(a)).toBeGreaterThanOrEqual(endOf(b));
    expect(readQueue(queue)).toMatchObject({ folders: [], running: [] });
    expect(isDriven(queue)).toBe(false);
  });

  test('leaves at once if another one lives', async () => {
    const [a = ''] = makeRuns(1, endless);
    await joinQueue(queue, [a], toEnd);
    const first = drive();
    await waitFor('the run', () => isAtStep(a, 1));
    await driveToEnd();
    expect(first.exitCode).toBeNull();
    requestControl(a, 'cancel');
    expect((await ended(first)).code).toBe(0);
  });

  test('trains as many at a time as the queue says', async () => {
    const folders = makeRuns(3, endless);
    await joinQueue(queue, folders, toEnd);
    await changeQueue(queue, (before) => ({ ...before, parallel: 2 }));
    const driver = drive();
    await waitFor('two runs', () => folders.slice(0, 2).every((folder) => isAtStep(folder, 1)));
    await sleep(600);
    expect(stateOf(folders[2] ?? '')).toBe('queued');
    requestControl(folders[0] ?? '', 'cancel');
    await waitFor('the third', () => isAtStep(folders[2] ?? '', 1));
    for (const folder of folders) requestControl(folder, 'cancel');
    expect((await ended(driver)).code).toBe(0);
  });

  test('starts nothing while paused but what is to start now', async () => {
    const [a = '', b = '', c = ''] = makeRuns(3);
    await joinQueue(queue, [a, b, c], toEnd);
    await changeQueue(queue, (before) => ({ ...before, paused: true }));
    expect(needsDriver(readQueue(queue))).toBe(false);
    await driveToEnd();
    expect([a, b, c].map(stateOf)).toEqual(['queued', 'queued', 'queued']);
    await changeQueue(queue, (before) => ({ ...before, now: [b] }));
    expect(needsDriver(readQueue(queue))).toBe(true);
    await driveToEnd();
    expect([a, b, c].map(stateOf)).toEqual(['queued', 'done', 'queued']);
    await changeQueue(queue, (before) => ({ ...before, paused: false }));
    await driveToEnd();
    expect([a, b, c].map(stateOf)).toEqual(['done', 'done', 'done']);
  });

  test('starts a run beside the one that runs when it is to start now', async () => {
    const [a = '', b = ''] = makeRuns(2, endless);
    await joinQueue(queue, [a, b], toEnd);
    const driver = drive();
    await waitFor('the first', () => isAtStep(a, 1));
    await changeQueue(queue, (before) => ({ ...before, now: [b] }));
    await waitFor('the second', () => isAtStep(b, 1));
    expect(isAtStep(a, 1)).toBe(true);
    for (const folder of [a, b]) requestControl(folder, 'cancel');
    expect((await ended(driver)).code).toBe(0);
  });

  test('passes over runs that vanished, were stopped or cannot start', async () => {
    const [a = '', b = '', c = '', d = '', e = ''] = makeRuns(5);
    await joinQueue(queue, [a, b, c, d, e], toEnd);
    await leaveQueue(queue, [b]);
    expect(readQueue(queue).folders).toEqual([a, c, d, e]);
    rmSync(a, { recursive: true });
    rmSync(runPaths(d).run);
    const status = readStatus(c);
    if (status) writeStatus(c, { ...status, state: 'stopped' });
    await driveToEnd();
    expect([b, c, e].map(stateOf)).toEqual(['stopped', 'stopped', 'done']);
    expect(readQueue(queue)).toMatchObject({ folders: [], running: [] });
  });

  test('goes on with a stopped run from its last checkpoint', async () => {
    const [a = ''] = makeRuns(1, {
      training: { batchSize: 2, steps: 2000, learningRate: 1e-3 },
      checkpoints: { every: 500, keep: 4 },
    });
    await joinQueue(queue, [a], toEnd);
    const driver = drive();
    await waitFor('some steps', () => isAtStep(a, 20));
    requestControl(a, 'stop');
    expect((await ended(driver)).code).toBe(0);
    const before = readStatus(a);
    expect(before?.state).toBe('stopped');
    await joinQueue(queue, [a], toFront);
    expect(readStatus(a)).toMatchObject({ state: 'queued', step: before?.step });
    await driveToEnd();
    expect(readStatus(a)).toMatchObject({ state: 'done', step: 2000 });
    const resumed = (await readEvents(a)).find(({ type }) => type === 'resumed');
    expect(resumed).toMatchObject({ step: before?.step });
  });
});

test('a run that trains cannot wait as well', async () => {
  const [a = ''] = makeRuns(1, endless);
  await joinQueue(queue, [a], toEnd);
  const driver = drive();
  await waitFor('the run', () => isAtStep(a, 1));
  await expect(joinQueue(queue, [a], toEnd)).rejects.toThrow('is being trained already');
  expect(readQueue(queue).folders).toEqual([]);
  requestControl(a, 'cancel');
  await ended(driver);
});

describe('nothing is lost', () => {
  test('when driver and trainer are killed at random moments', async () => {
    const random = makeRandom(23);
    const folders = makeRuns(6, { training: { batchSize: 4, steps: 150, learningRate: 1e-3 } });
    await joinQueue(queue, folders, toEnd);
    const killed = new Set<string>();
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, trainersAlive(folders))), 5);
    // On a busy machine a trainer needs longer to be there: rounds become longer, and there are more.
    for (let round = 0; round < 14 || killed.size === 0; round += 1) {
      const driver = drive();
      await sleep((150 + random() * 500) * (1 + round / 14));
      await killHard(driver);
      const running = folders.find((folder) => lockHolder(folder)?.alive);
      if (running === undefined || (killed.size > 0 && random() < 0.6)) continue;
      kill(lockHolder(running)?.pid ?? 0);
      killed.add(running);
    }
    await driveToEnd();
    clearInterval(watch);
    expect(most).toBe(1);
    expect(killed.size).toBeGreaterThan(0);
    for (const folder of folders) {
      if (!killed.has(folder)) expect(stateOf(folder), folder).toBe('done');
    }
    const unfinished = folders.filter((folder) => stateOf(folder) !== 'done');
    await joinQueue(queue, unfinished, toFront);
    await driveToEnd();
    for (const folder of folders) {
      expect(readStatus(folder)).toMatchObject({ state: 'done', step: 150 });
      const steps = (await readEvents(folder)).flatMap((event) =>
        event.type === 'step' ? [event.step] : [],
      );
      expect(steps).toEqual(Array.from({ length: 150 }, (_, index) => index + 1));
    }
  });

  test('when a driver dies between taking a run and starting it', async () => {
    const [a = '', b = '', c = ''] = makeRuns(3);
    await joinQueue(queue, [b, c], toEnd);
    await changeQueue(queue, (before) => ({ ...before, running: [a] }));
    const status = readStatus(c);
    // As the launcher leaves it when it is killed right before it starts the trainer.
    const heartbeat = new Date(Date.now() - 60_000).toISOString();
    if (status) writeStatus(c, { ...status, state: 'starting', heartbeat });
    await changeQueue(queue, (before) => ({ ...before, running: [...before.running, c] }));
    expect(needsDriver(readQueue(queue))).toBe(true);
    await driveToEnd();
    expect([a, b, c].map(stateOf)).toEqual(['done', 'done', 'done']);
    expect(startOf(b)).toBeGreaterThan(Math.max(startOf(a), startOf(c)));
  });

  test('when processes change the queue at once and are killed while they do', async () => {
    await changeQueue(queue, (before) => ({ ...before, paused: true }));
    const folders = makeRuns(24);
    const add = compile(`
      import { changeQueue } from '../launch/queueFile';
      import { step, toEnd } from '../launch/queueOrder';
      async function main([directory = '', ...folders]: string[]): Promise<void> {
        for (const folder of folders) {
          await changeQueue(directory, (queue) => toEnd(queue, [folder]));
          await changeQueue(directory, (queue) => step(queue, [folder], 'up'));
        }
      }
      void main(process.argv.slice(2));`);
    const parts = [0, 8, 16].map((at) => folders.slice(at, at + 8));
    const children = parts.map((part) => startChild(add, [queue, ...part]));
    for (let round = 0; round < 6; round += 1) {
      const victim = startChild(add, [queue, ...[...folders].reverse()]);
      await sleep(40 + round * 25);
      await killHard(victim);
    }
    const codes = await Promise.all(children.map((child) => exitCode(child)));
    expect(codes).toEqual([0, 0, 0]);
    const { folders: waiting } = readQueue(queue);
    expect([...waiting].sort()).toEqual([...folders].sort());
    const last = waiting.at(-1) ?? '';
    await changeQueue(queue, (before) => step(before, [last], 'front'));
    expect(readQueue(queue).folders[0]).toBe(last);
  });
});

describe('train --queue', () => {
  interface Trained {
    runs: { folder: string; state: string }[];
  }
  const train = (...more: string[]) => {
    const parameters = ['train', 'tiny.experiment.json', '--queue', queue, ...more];
    return workspace.json<Trained>(...parameters);
  };

  test('puts every run of the grid into the queue and drives it', async () => {
    workspace.writeExperiment({ grid: { method: ['lora', 'dora'] } });
    await changeQueue(queue, (before) => ({ ...before, paused: true }));
    const { json, code } = await train();
    expect(code).toBe(0);
    expect(json.runs.map(({ state }) => state)).toEqual(['queued', 'queued']);
    const waiting = json.runs.map(({ folder }) => folder);
    const front = await train('--front', '--set', 'grid={}');
    const first = front.json.runs[0]?.folder ?? '';
    expect(readQueue(queue).folders).toEqual([first, ...waiting]);
    expect(isDriven(queue)).toBe(false);
    await changeQueue(queue, (before) => ({ ...before, paused: false }));
    const { json: last } = await train('--set', 'grid={}');
    const all = [first, ...waiting, last.runs[0]?.folder ?? ''];
    await waitFor('the end', () => all.every((folder) => stateOf(folder) === 'done'));
    await waitFor('the driver', () => !isDriven(queue));
    expect(readFileSync(queuePaths(queue).log, 'utf8')).toBe('');
  });

  test('refuses a queue that is something else, and keeps it', async () => {
    await changeQueue(queue, (before) => ({ ...before, paused: true }));
    const file = queuePaths(queue).queue;
    rmSync(file);
    workspace.writeJson('queue/queue.json', { format: 1, folders: 'none' });
    const { code, stderr } = await workspace.cli('train', 'tiny.experiment.json', '--queue', queue);
    expect(code).toBe(2);
    expect(stderr).toContain(`${file} is broken`);
    expect(existsSync(file)).toBe(true);
    rmSync(file);
  });

  test('--front alone is refused', async () => {
    const { code, stderr } = await workspace.cli('train', 'tiny.experiment.json', '--front');
    expect(code).toBe(2);
    expect(stderr).toContain('--front needs --queue');
  });
});

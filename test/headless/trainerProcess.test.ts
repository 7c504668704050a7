// What the trainer does when it is asked to end, finds another trainer, or cannot go on.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listCheckpoints } from '../../extension/runs/checkpoints';
import { clearControl, requestControl } from '../../extension/runs/control';
import { readStatus } from '../../extension/runs/status';
import {
  eventsOf,
  killTrainers,
  makeRun,
  startTrainer,
  stateOf,
  trainToEnd,
  waitFor,
  type Trainer,
} from './trainerProcess';
import { Workspace } from './workspace';

let workspace: Workspace;
beforeAll(() => {
  workspace = new Workspace();
});
afterAll(() => {
  killTrainers();
  workspace.remove();
});

const training = { batchSize: 4, learningRate: 0.003 };

/** A run that goes on until it is ended; resolves after its first steps. */
async function startEndless(): Promise<{ run: string; trainer: Trainer }> {
  const checkpoints = { every: 0, keep: 1 };
  const run = makeRun(workspace, { training: { ...training, steps: 100_000 }, checkpoints });
  const trainer = startTrainer(run);
  await waitFor('two steps', async () => (await eventsOf(run, 'step')).length >= 2, trainer);
  return { run, trainer };
}

function savedSteps(run: string): number[] {
  return listCheckpoints(run).map(({ step }) => step);
}

describe('asked to end', () => {
  test.each(['control/stop', 'SIGTERM', 'SIGINT'] as const)(
    '%s saves after the step',
    async (how) => {
      const { run, trainer } = await startEndless();
      if (how === 'control/stop') requestControl(run, 'stop');
      else trainer.kill(how);
      expect((await trainer.ended).code).toBe(0);
      expect(stateOf(run)).toBe('stopped');
      expect(savedSteps(run)).toEqual([readStatus(run)?.step]);
      expect((await eventsOf(run, 'step')).at(-1)?.step).toBe(readStatus(run)?.step);
    },
  );

  test('control/cancel ends at once, without a checkpoint', async () => {
    const { run, trainer } = await startEndless();
    requestControl(run, 'cancel');
    expect((await trainer.ended).code).toBe(0);
    expect(stateOf(run)).toBe('stopped');
    expect(savedSteps(run)).toEqual([]);
  });

  test('a stopped run goes on to the same bits', async () => {
    const settings = { training: { ...training, steps: 40 }, checkpoints: { every: 0, keep: 1 } };
    const whole = makeRun(workspace, settings);
    await trainToEnd(whole);
    const stopped = makeRun(workspace, settings);
    const trainer = startTrainer(stopped);
    await waitFor('a step', async () => (await eventsOf(stopped, 'step')).length > 0, trainer);
    requestControl(stopped, 'stop');
    await trainer.ended;
    clearControl(stopped);
    await trainToEnd(stopped);
    const losses = async (run: string): Promise<number[]> =>
      (await eventsOf(run, 'step')).map(({ loss }) => loss);
    expect(await losses(stopped)).toEqual(await losses(whole));
  });
});

test('a second trainer on the same folder is refused, the first goes on', async () => {
  const { run, trainer } = await startEndless();
  const second = await startTrainer(run).ended;
  expect(second.code).not.toBe(0);
  expect(second.stderr).toMatch(/is being trained already, by process \d+ on /);
  const before = (await eventsOf(run, 'step')).length;
  await waitFor('more steps', async () => (await eventsOf(run, 'step')).length > before, trainer);
  requestControl(run, 'stop');
  expect((await trainer.ended).code).toBe(0);
});

test('a loss that is not finite ends the run with the step and the last good checkpoint', async () => {
  const run = makeRun(workspace, {
    // The first update ruins the weights.
    training: { ...training, steps: 40, learningRate: 1e30, schedule: 'constant', warmupSteps: 0 },
    checkpoints: { every: 2, keep: 3 },
  });
  const { code, stderr } = await startTrainer(run).ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/The loss became \S+ at step \d+; the last good checkpoint is/);
  expect(readStatus(run)).toMatchObject({ state: 'failed', failure: { code: 'loss-not-finite' } });
  expect((await eventsOf(run, 'failure'))[0]?.failure.code).toBe('loss-not-finite');
});

test('a DoRA magnitude that stands still is a warning, once', async () => {
  const run = makeRun(workspace, {
    training: { ...training, learningRate: 0, steps: 16 },
    checkpoints: { every: 4, keep: 2 },
  });
  await trainToEnd(run);
  const still = (await eventsOf(run, 'warning')).filter(({ code }) => code === 'magnitude-still');
  expect(still).toHaveLength(1);
  expect(still[0]?.message).toMatch(/magnitude of model\.layers\.0\.self_attn\.q_proj/);
});

const mountSmallDisk = smallDisk();
if (mountSmallDisk !== undefined) {
  test('a full disk fails the run, says what was needed and keeps earlier checkpoints', async () => {
    const unmount = mountSmallDisk(workspace.path('runs'));
    try {
      const run = makeRun(workspace, {
        training: { ...training, steps: 40 },
        checkpoints: { every: 1, keep: 50 },
      });
      const { code, stderr } = await startTrainer(run).ended;
      expect(code).toBe(1);
      expect(stderr).toMatch(/The disk is full: \S+ needs [\d.]+ MB/);
      expect(stateOf(run)).toBe('failed');
      expect(savedSteps(run).length).toBeGreaterThan(1);
    } finally {
      unmount();
    }
  });
}

/** Mounts a disk of 400 kB over a folder; undefined where that is not allowed, as in most containers. */
function smallDisk(): ((folder: string) => () => void) | undefined {
  const mount = (folder: string): (() => void) => {
    mkdirSync(folder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', folder], { stdio: 'ignore' });
    return () => {
      execFileSync('umount', [folder]);
    };
  };
  const trial = mkdtempSync(join(tmpdir(), 'adapter-lab-disk-'));
  try {
    mount(trial)();
    return mount;
  } catch {
    return undefined;
  } finally {
    rmSync(trial, { recursive: true });
  }
}

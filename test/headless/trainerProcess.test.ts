// The trainer without a launcher or command line around it: how it ends when it is asked to, and what it warns of.
import { expect, test } from 'vitest';
import { listCheckpoints } from '../../extension/runs/checkpoints';
import { requestControl } from '../../extension/runs/control';
import { readStatus } from '../../extension/runs/status';
import {
  eventsOf,
  makeRun,
  startTrainer,
  stateOf,
  trainToEnd,
  useWorkspace,
  waitFor,
} from './trainerProcess';
import type { Workspace } from './workspace';

let workspace: Workspace;
useWorkspace((made) => (workspace = made));

test.each(['control/stop', 'SIGTERM', 'SIGINT'] as const)(
  '%s saves after the step',
  async (how) => {
    const run = makeRun(workspace, {
      training: { batchSize: 4, steps: 100_000, learningRate: 0.003 },
      checkpoints: { every: 0, keep: 1 },
    });
    const trainer = startTrainer(run);
    await waitFor('two steps', async () => (await eventsOf(run, 'step')).length >= 2, trainer);
    if (how === 'control/stop') requestControl(run, 'stop');
    else trainer.kill(how);
    expect((await trainer.ended).code).toBe(0);
    expect(stateOf(run)).toBe('stopped');
    const last = (await eventsOf(run, 'step')).at(-1)?.step;
    expect(readStatus(run)?.step).toBe(last);
    expect(listCheckpoints(run).map(({ step }) => step)).toEqual([last]);
  },
);

test('a DoRA magnitude that stands still is a warning, once', async () => {
  const run = makeRun(workspace, {
    training: { batchSize: 4, steps: 16, learningRate: 0 },
    checkpoints: { every: 4, keep: 2 },
  });
  await trainToEnd(run);
  const still = (await eventsOf(run, 'warning')).filter(({ code }) => code === 'magnitude-still');
  expect(still).toHaveLength(1);
  expect(still[0]?.message).toMatch(/magnitude of model\.layers\.0\.self_attn\.q_proj/);
});

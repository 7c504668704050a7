// A device that is too small for a run: the trainer ends with one sentence that names what found no room.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readStatus } from '../../extension/runs/status';
import { killTrainers, makeRun, startTrainer } from '../headless/trainerProcess';
import { Workspace } from '../headless/workspace';

let workspace: Workspace;
beforeAll(() => {
  workspace = new Workspace();
});
afterAll(() => {
  killTrainers();
  workspace.remove();
});

/** Of a run on a device of so many megabytes. */
async function runOn(megabytes: number): Promise<ReturnType<typeof readStatus>> {
  process.env.ADAPTER_LAB_DEVICE_MEMORY = String(megabytes);
  const run = makeRun(workspace, { training: { batchSize: 4, steps: 2 } });
  await startTrainer(run).ended;
  return readStatus(run);
}

test('a buffer that finds no room on the device is named', async () => {
  const status = await runOn(40);
  expect(status?.state).toBe('failed');
  expect(status?.failure?.message).toMatch(
    /^There is not enough memory for activations \(34 MB; 8 MB are free and \d MB taken by this process\); lower training\.batchSize/,
  );
});

test('on a device with room the same run trains', async () => {
  expect((await runOn(200))?.state).toBe('done');
});

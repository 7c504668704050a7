// The whole way from "device" to a run, with the emulated backend in the place of the addon for GPUs: probed in a process of its
// own, chosen, trained on, and lost.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { listCheckpoints } from '../../extension/runs/checkpoints';
import { readStatus } from '../../extension/runs/status';
import { eventsOf, killTrainers, makeRun, startTrainer } from '../headless/trainerProcess';
import { Workspace } from '../headless/workspace';

const top = join(import.meta.dirname, '../..');
const emulated = join(top, 'build/Release/adapter_lab_emulated.node');
const named = process.env.ADAPTER_LAB_ADDON;

let workspace: Workspace;
beforeAll(() => {
  workspace = new Workspace();
});
afterAll(() => {
  killTrainers();
  workspace.remove();
});
beforeEach(() => {
  // Here the product chooses for itself.
  delete process.env.ADAPTER_LAB_ADDON;
  process.env.ADAPTER_LAB_CUDA_ADDON = emulated;
});
afterEach(() => {
  process.env.ADAPTER_LAB_ADDON = named;
  delete process.env.ADAPTER_LAB_CUDA_ADDON;
  delete process.env.ADAPTER_LAB_LOSE_GPU;
});

async function train(settings: object): Promise<{ run: string; stderr: string }> {
  const run = makeRun(workspace, { training: { batchSize: 2, steps: 3 }, ...settings });
  const { stderr } = await startTrainer(run).ended;
  return { run, stderr };
}

test('a GPU that passes its trial is shown as usable, and auto trains on it', async () => {
  const cli = [join(top, 'dist/cli.js'), 'devices', '--json'];
  const told = execFileSync(process.execPath, cli, { encoding: 'utf8' });
  const { devices } = JSON.parse(told) as { devices: unknown[] };
  expect(devices).toContainEqual({
    ...{ kind: 'cuda', number: 0, name: 'Emulated GPU', usable: true },
    reason: expect.stringMatching(/^compute capability 9\.0, [\d.]+ of [\d.]+ GB free$/) as string,
  });
  const { run, stderr } = await train({ device: 'auto' });
  expect(stderr).toContain('Computing on GPU 0, Emulated GPU.');
  expect(readStatus(run)?.state).toBe('done');
});

test('a GPU that is lost ends the run with its last checkpoint and one sentence', async () => {
  const settings = { training: { batchSize: 2, steps: 400 }, checkpoints: { every: 1, keep: 2 } };
  process.env.ADAPTER_LAB_LOSE_GPU = '15000';
  const run = makeRun(workspace, { ...settings, device: 'cuda' });
  await startTrainer(run).ended;
  const status = readStatus(run);
  expect(status?.state).toBe('failed');
  const last = listCheckpoints(run).at(-1);
  expect(last?.step).toBeGreaterThan(0);
  expect(status?.failure?.message).toMatch(
    new RegExp(
      `^The GPU failed in .+ \\(cudaErrorLaunchFailure\\); resume the run to go on from checkpoints/step-0*${last?.step}\\.`,
    ),
  );
  expect(await eventsOf(run, 'failure')).toHaveLength(1);
});

test('cuda is refused where there is none, and auto goes on with the processor', async () => {
  process.env.ADAPTER_LAB_CUDA_ADDON = '/nowhere/adapter_lab_cuda.node';
  const forced = await train({ device: 'cuda' });
  expect(readStatus(forced.run)?.failure?.message).toMatch(
    /^No GPU can be used as "device" is cuda: the CUDA addon \/nowhere\/adapter_lab_cuda\.node is not there; install .*; or set "device" to auto or cpu\.$/,
  );
  const auto = await train({ device: 'auto' });
  expect(readStatus(auto.run)?.state).toBe('done');
});

test('a GPU whose trial fails is told, once, and auto goes on with the processor', async () => {
  process.env.ADAPTER_LAB_LOSE_GPU = '1';
  const { run, stderr } = await train({ device: 'auto' });
  expect(readStatus(run)?.state).toBe('done');
  const told = /Computing on the processor: Emulated GPU failed a small computation/g;
  expect(stderr.match(told)).toHaveLength(1);
  const warnings = (await eventsOf(run, 'warning')).filter(({ code }) => code === 'no-gpu');
  expect(warnings).toHaveLength(1);
});

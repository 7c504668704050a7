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
  delete process.env.ADAPTER_LAB_CUBLASLT;
});

async function train(settings: object): Promise<{ run: string; stderr: string }> {
  const run = makeRun(workspace, { training: { batchSize: 2, steps: 3 }, ...settings });
  const { stderr } = await startTrainer(run).ended;
  return { run, stderr };
}

function shownDevices(): unknown[] {
  const cli = [join(top, 'dist/cli.js'), 'devices', '--json'];
  const told = execFileSync(process.execPath, cli, { encoding: 'utf8' });
  return (JSON.parse(told) as { devices: unknown[] }).devices;
}

function usable(reason: RegExp): unknown {
  return {
    ...{ kind: 'cuda', number: 0, name: 'Emulated GPU', usable: true },
    reason: expect.stringMatching(reason) as string,
  };
}

/** What passes for cuBLASLt, as the native tests' one does. */
function madeUpLibrary(version: number, error: string): string {
  const file = join(workspace.folder, `libcublasLt-${version}-${error}.so`);
  const source = join(top, 'test/native/made_up/cublas_lt.cc');
  const flags = ['-std=c++20', '-O1', '-fPIC', '-shared'];
  const values = [`-DVERSION=${version}`, `-DERROR=${error}`];
  execFileSync('c++', [...flags, ...values, source, '-o', file]);
  return file;
}

test('a GPU that passes its trial is shown as usable, and auto trains on it', async () => {
  process.env.ADAPTER_LAB_CUBLASLT = 'none';
  expect(shownDevices()).toContainEqual(
    usable(/^compute capability 9\.0, [\d.]+ of [\d.]+ GB free; products by own kernels: .*none$/),
  );
  const { run, stderr } = await train({ device: 'auto' });
  expect(stderr).toContain('Computing on GPU 0, Emulated GPU.');
  expect(readStatus(run)?.state).toBe('done');
  for (const { gpuBytes = NaN, gpuHeldBytes = NaN } of await eventsOf(run, 'step')) {
    expect(gpuBytes).toBeGreaterThan(2 ** 16);
    expect(gpuHeldBytes).toBeGreaterThan(gpuBytes);
  }
});

test('cuBLASLt that computes as our kernels do multiplies; one that does not is told', async () => {
  const right = madeUpLibrary(131001, '0.0f');
  process.env.ADAPTER_LAB_CUBLASLT = right;
  expect(shownDevices()).toContainEqual(
    usable(/; products by cuBLASLt 13\.10\.1 \(.*0\.0f\.so\)$/),
  );
  const settings = { device: 'cuda', training: { batchSize: 2, steps: 3 } };
  const by = await train(settings);
  expect(by.stderr).toContain(`It has products by cuBLASLt 13.10.1 (${right}).`);
  process.env.ADAPTER_LAB_CUBLASLT = 'none';
  const without = await train(settings);
  const losses = async ({ run }: { run: string }): Promise<number[]> =>
    (await eventsOf(run, 'step')).map(({ loss }) => loss);
  const expected = await losses(without);
  for (const [step, loss] of (await losses(by)).entries())
    expect(loss).toBeCloseTo(expected[step] ?? NaN, 2);
  process.env.ADAPTER_LAB_CUBLASLT = madeUpLibrary(131001, '1.0f');
  expect(shownDevices()).toContainEqual(
    usable(/own kernels: .*1\.0f\.so computed a product other/),
  );
  process.env.ADAPTER_LAB_CUBLASLT = madeUpLibrary(120804, '0.0f');
  expect(shownDevices()).toContainEqual(usable(/ is cuBLASLt 12\.8\.4 and 13 is needed; install/));
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

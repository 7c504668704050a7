// A device with little memory: a plan is computed first, and the run fits, is made to fit or is refused; what finds no room
// nevertheless is named.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { parseExperiment } from '../../extension/shared/experimentFile';
import { loadAddon } from '../../extension/trainer/loadAddon';
import { fitRun, type FittedRun } from '../../extension/trainer/memory/fitRun';
import { onGpu } from '../../extension/trainer/memory/tensorPlace';
import { openEngine } from '../../extension/trainer/openModel';
import {
  engineSpec,
  prepareTraining,
  type PreparedRun,
} from '../../extension/trainer/prepareTraining';
import { quantizedBase } from '../../extension/trainer/quantized/quantizedBase';
import { quantizationOf } from '../../extension/shared/experiment';
import { readStatus } from '../../extension/runs/status';
import { eventsOf, killTrainers, makeRun, startTrainer } from '../headless/trainerProcess';
import { tinyExperiment, Workspace } from '../headless/workspace';

const megabyte = 2 ** 20;
const usual = { batchSize: 24, steps: 3, learningRate: 0.01, warmupSteps: 0 };

let workspace: Workspace;
beforeAll(() => {
  workspace = new Workspace();
  process.env.ADAPTER_LAB_CACHE = workspace.path('cache');
});
afterEach(() => {
  delete process.env.ADAPTER_LAB_DEVICE_MEMORY;
});
afterAll(() => {
  killTrainers();
  workspace.remove();
});

/** The device has so much memory from now on. */
function limit(bytes: number): void {
  process.env.ADAPTER_LAB_DEVICE_MEMORY = String(bytes / megabyte);
}

async function prepare(changes: object): Promise<PreparedRun> {
  const file = workspace.path('tiny.experiment.json');
  const text = JSON.stringify({ ...tinyExperiment(), ...changes });
  const [run] = parseExperiment(text, file).runs;
  if (run === undefined) throw new Error('an experiment without runs');
  const prepared = await prepareTraining(run.settings, file, () => ({ file }));
  const quantization = quantizationOf(run.settings);
  if (quantization === undefined) return prepared;
  return { ...prepared, folder: await quantizedBase(prepared.folder, quantization) };
}

async function fit(prepared: PreparedRun): Promise<FittedRun> {
  return fitRun(prepared, await loadAddon().memoryRoom(), prepared.settings.training);
}

/** The most memory, to 64 KB, with which the run does not fit as it is. */
function mostThatShrinks(prepared: PreparedRun): number {
  const { training } = prepared.settings;
  const noticeOf = (bytes: number): string | undefined =>
    fitRun(prepared, { ...onGpu, freeBytes: bytes, totalBytes: bytes }, training).notice;
  let bytes = 2 ** 27;
  while (noticeOf(bytes) === undefined) bytes -= 2 ** 16;
  return bytes;
}

const kinds = [
  { method: 'lora' },
  { method: 'lora', training: { ...usual, activationCheckpointing: true } },
  { method: 'dora' },
  { method: 'dora', adapter: { rank: 4, alpha: 8, detachNorm: false } },
  { method: 'dora', adapter: { rank: 4, alpha: 8, dropout: 0.1 } },
  { method: 'lora', adapter: { rank: 4, alpha: 8, dropout: 0, init: 'pissa' } },
  { method: 'full', training: { ...usual, optimizer: 'adamw8bit', ema: 0.9 } },
  { method: 'vera', adapter: { rank: 8 } },
  { method: 'dvora', adapter: { rank: 8 } },
  { method: 'adalora', adapter: { rank: 4, alpha: 8 } },
  { method: 'qlora' },
  { method: 'qdora' },
];

test.each(kinds)('the plan has room for all that a step takes: %j', async (kind) => {
  const prepared = await prepare({ training: usual, ...kind });
  limit(2 ** 30);
  const { reserve } = await fit(prepared);
  const engine = await openEngine(prepared.folder, engineSpec(prepared, reserve));
  const before = await loadAddon().memoryRoom();
  for (const step of [0, 1]) {
    const { micro, countedTokens } = prepared.data.step(step);
    for (const batch of micro) await engine.accumulate(batch, 1 / countedTokens, 0);
    const update = { ...prepared.settings.training, averageDecay: 0, step: step + 1 };
    const { device } = await engine.update(update);
    expect(device?.heldBytes).toBeGreaterThanOrEqual(reserve.all);
    expect(device?.mostBytes).toBeLessThanOrEqual(reserve.all);
  }
  await engine.slopes();
  const { activations } = await engine.memory();
  const after = await loadAddon().memoryRoom();
  await engine.dispose();
  // The stacks are as high as they were planned, and needed no other block.
  expect(activations).toBe(reserve.saved + reserve.scratch);
  expect(2 ** 30 - (after.freeBytes ?? NaN)).toBeLessThanOrEqual(reserve.all);
  expect((before.freeBytes ?? NaN) - (after.freeBytes ?? NaN)).toBeLessThan(8 * megabyte);
});

test('what a step takes is told without what the plan reserved for longer ones', async () => {
  const prepared = await prepare({ training: usual });
  limit(2 ** 30);
  const { reserve } = await fit(prepared);
  const engine = await openEngine(prepared.folder, engineSpec(prepared, reserve));
  const [whole] = prepared.data.step(0).micro;
  if (whole === undefined) throw new Error('a step without records');
  const first = whole.lengths[0] ?? 0;
  const one = {
    tokens: whole.tokens.slice(0, first),
    targets: whole.targets.slice(0, first),
    lengths: whole.lengths.slice(0, 1),
  };
  const use = [];
  for (const [index, batch] of [whole, one, whole].entries()) {
    await engine.accumulate(batch, 1, 0);
    const update = { ...prepared.settings.training, averageDecay: 0, step: index + 1 };
    use.push((await engine.update(update)).device);
  }
  const { activations, weights } = await engine.memory();
  await engine.dispose();
  const [most, least, again] = use.map((told) => told?.mostBytes ?? NaN);
  expect(again).toBe(most);
  expect(least).toBeGreaterThan(weights);
  // Of 24 records, shorter than the longest that may come, and of one.
  expect((most ?? NaN) - (least ?? NaN)).toBeGreaterThan(activations / 8);
  expect(new Set(use.map((told) => told?.heldBytes)).size).toBe(1);
});

test('a run that the plan finds no room for is refused with one sentence', async () => {
  limit(40 * megabyte);
  const run = makeRun(workspace, { training: usual });
  expect((await startTrainer(run).ended).code).toBe(1);
  expect(readStatus(run)?.failure?.message).toMatch(
    /^The run needs \d+ MB of the GPU's memory, of which 42 MB of 42 MB are free; set "training.whenMemoryIsShort" to shrink, lower "training.batchSize" \(24\) or "data.maxLength", or set "training.activationCheckpointing", or end what else uses the GPU\.$/,
  );
});

test('a run that is to shrink takes smaller micro-batches and comes to the same', async () => {
  const adapter = { rank: 4, alpha: 8 };
  const training = { ...usual, whenMemoryIsShort: 'shrink' };
  const prepared = await prepare({ adapter, training });
  const runs = [2 ** 30, mostThatShrinks(prepared)].map((bytes) => {
    limit(bytes);
    const run = makeRun(workspace, { adapter, training });
    return { run, trainer: startTrainer(run) };
  });
  const losses = [];
  for (const { run, trainer } of runs) {
    await trainer.ended;
    expect(readStatus(run)?.failure?.message).toBeUndefined();
    losses.push((await eventsOf(run, 'step')).map(({ loss }) => loss));
  }
  const [roomy, tight] = await Promise.all(runs.map(({ run }) => eventsOf(run, 'warning')));
  expect(roomy).toEqual([]);
  expect(tight?.map(({ code }) => code)).toEqual(['memory-short']);
  // The warning comes before the first step of a run that goes on from nothing.
  for (const { run } of runs) expect(await eventsOf(run, 'resumed')).toEqual([]);
  expect(tight?.[0]?.message).toMatch(
    /^The run would need \d+ MB of the GPU's memory and \d+ MB are free, so it takes micro-batches of \d+ records? instead of 24, \d+ a step\.$/,
  );
  for (const [index, loss] of (losses[0] ?? []).entries())
    expect(losses[1]?.[index]).toBeCloseTo(loss, 2);
});

test('what finds no room without a plan is named, with what is free', async () => {
  limit(3 * megabyte);
  const { code, stderr } = await workspace.cli('generate', 'model', '--prompt', 'is 1 even');
  expect(code).not.toBe(0);
  expect(stderr).toMatch(
    /There is not enough memory for activations \(34 MB; [12] MB are free and [012] MB taken by this process\)/,
  );
});

// What a plan says of a step's time against real steps, at the speed that the machine has meanwhile: products and steps
// are timed in turn, and the fastest of each counts. npm run bench:plan -- --model DIR
import { parseArgs } from 'node:util';
import type { PackedBatch } from '../../extension/shared/engineTypes';
import { readModelFolder, type ModelFolder } from '../../extension/model/folder';
import { quantizationOf } from '../../extension/shared/experiment';
import type { Engine, MachineSpeed } from '../../extension/trainer/addon';
import { loadAddon } from '../../extension/trainer/loadAddon';
import { baseFor, openEngine } from '../../extension/trainer/openModel';
import { planRun } from '../../extension/trainer/plan/planRun';
import { trainedParts } from '../../extension/trainer/trainedParts';
import { settingsWith, syntheticBatch, takeStep } from './syntheticStep';

interface Case {
  method: string;
  batchSize: number;
  length: number;
  activationCheckpointing?: boolean;
}

const cases: Case[] = [
  { method: 'lora', batchSize: 4, length: 128 },
  { method: 'dora', batchSize: 4, length: 128 },
  { method: 'full', batchSize: 4, length: 128 },
  { method: 'qlora', batchSize: 4, length: 128 },
  { method: 'qdora', batchSize: 1, length: 128 },
  { method: 'dora', batchSize: 16, length: 64 },
  { method: 'lora', batchSize: 1, length: 512 },
  { method: 'dora', batchSize: 1, length: 128 },
  { method: 'dora', batchSize: 4, length: 128, activationCheckpointing: true },
];
const placeOf = () => ({ file: 'bench' });
const stepsTimed = 8;
const speedSeconds = 0.03;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { model: { type: 'string' } } });
  if (values.model === undefined) throw new Error('--model DIR is needed.');
  const folder = readModelFolder(values.model);
  const errors: number[] = [];
  for (const one of cases) errors.push(await measure(folder, one));
  const largest = Math.max(...errors.map(Math.abs));
  console.log(`largest error ${(100 * largest).toFixed(0)} %`);
}

/** Planned over real, minus 1. */
async function measure(model: ModelFolder, one: Case): Promise<number> {
  const settings = settingsOf(one);
  const { adapters, trainedTensors } = trainedParts(settings, model, placeOf);
  const base = await baseFor(model, quantizationOf(settings), {});
  const engine = await openEngine(base, {
    ...{ adapters, trainedTensors, training: true },
    keepsStored: settings.training.baseWeights === 'stored',
    activationCheckpointing: settings.training.activationCheckpointing,
  });
  const { seconds, speed } = await fastest(
    engine,
    syntheticBatch(one.batchSize, one.length, model.shape.vocabulary),
  );
  await engine.dispose();
  const plan = planRun(settings, {
    ...{ layout: model, placeOf, recordTokens: undefined, speed },
    hasGpu: () => false,
  });
  const planned = plan.secondsPerStep ?? NaN;
  const error = planned / seconds - 1;
  const [real, told] = [seconds, planned].map((value) => `${value.toFixed(3)} s`);
  console.log(JSON.stringify(one), `real ${real}, planned ${told}, ${(100 * error).toFixed(0)} %`);
  return error;
}

function settingsOf({ method, batchSize, length, activationCheckpointing }: Case) {
  return settingsWith({
    ...{ data: { train: ['-'], maxLength: length }, method },
    training: { batchSize, activationCheckpointing },
  });
}

async function fastest(
  engine: Engine,
  batch: PackedBatch,
): Promise<{ seconds: number; speed: MachineSpeed }> {
  let seconds = Infinity;
  const speed = { operationsPerSecond: 0, storedOperationsPerSecond: 0, bytesPerSecond: 0 };
  // The first step finds no memory allocated yet.
  for (let step = 1; step <= stepsTimed + 1; step += 1) {
    const now = await loadAddon().measureSpeed(0, speedSeconds);
    for (const name of Object.keys(speed) as (keyof MachineSpeed)[])
      speed[name] = Math.max(speed[name], now[name]);
    const start = performance.now();
    await takeStep(engine, batch, step);
    if (step > 1) seconds = Math.min(seconds, (performance.now() - start) / 1000);
  }
  return { seconds, speed };
}

void main();

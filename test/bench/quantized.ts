// What a quantised base costs and saves, side by side in one run: memory of the base, peak of a trainer, seconds of a step.
// npm run bench:quantized -- --model DIR --data FILE.json
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readModelFolder, type ModelFolder } from '../../extension/model/folder';
import type { PackedBatch, Quantization } from '../../extension/shared/engineTypes';
import { isQuantized } from '../../extension/shared/methods';
import type { Engine } from '../../extension/trainer/addon';
import { baseFor, openEngine } from '../../extension/trainer/openModel';
import { trainedParts } from '../../extension/trainer/trainedParts';
import { trainHere } from './adapterLab';
import { settingsWith, syntheticBatch, takeStep } from './syntheticStep';
import type { Work } from './work';

const methods = ['lora', 'dora', 'qlora', 'qdora'] as const;
type Measured = (typeof methods)[number];
const rounds = 8;
const batch = { texts: 16, length: 75 };
const nf4: Quantization = { blockSize: 64, double: false };

async function main(): Promise<void> {
  const string = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { model: string, data: string, threads: { ...string, default: '0' } },
  });
  const { model, data } = values;
  if (model === undefined || data === undefined) throw new Error('--model and --data are needed.');
  const threads = Number(values.threads);
  const folder = readModelFolder(resolve(model));
  await printResident(folder);
  await printSteps(folder, threads);
  await printPeaks({ model: resolve(model), data: resolve(data), threads });
}

async function printResident(folder: ModelFolder): Promise<void> {
  const f32 = 4 * folder.parameters;
  for (const double of [false, true]) {
    const base = await baseFor(folder, { ...nf4, double }, {});
    const engine = await openEngine(base, { training: true });
    const { weights } = await engine.memory();
    await engine.dispose();
    const share = (weights / f32).toFixed(3);
    console.log(`base ${double ? 'nf4-double' : 'nf4'}: ${megabytes(weights)}, ${share} of f32`);
  }
}

/** The engines take turns, so that whatever else the machine does slows all of them; the fastest step of each counts. */
async function printSteps(folder: ModelFolder, threads: number): Promise<void> {
  const engines = new Map<Measured, Engine>();
  for (const method of methods) engines.set(method, await open(folder, method, threads));
  const fastest = new Map<Measured, number>();
  const packed = syntheticBatch(batch.texts, batch.length, folder.shape.vocabulary);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [method, engine] of engines) {
      const seconds = await timeStep(engine, packed, round + 1);
      // The first finds no memory allocated yet.
      if (round > 0) fastest.set(method, Math.min(seconds, fastest.get(method) ?? Infinity));
    }
  }
  for (const engine of engines.values()) await engine.dispose();
  const of = (method: Measured): number => fastest.get(method) ?? NaN;
  for (const method of methods) console.log(`step ${method}: ${of(method).toFixed(3)} s`);
  for (const [a, b] of [
    ['qlora', 'lora'],
    ['qdora', 'dora'],
    ['qdora', 'qlora'],
  ] as const)
    console.log(`step ${a} over ${b}: ${(of(a) / of(b)).toFixed(3)}`);
}

async function open(folder: ModelFolder, method: Measured, threads: number): Promise<Engine> {
  const { adapters } = trainedParts(settingsWith({ method }), folder, () => ({ file: 'bench' }));
  const base = await baseFor(folder, isQuantized(method) ? nf4 : undefined, { threads });
  return openEngine(base, { adapters, training: true, threads });
}

async function timeStep(engine: Engine, packed: PackedBatch, step: number): Promise<number> {
  const start = performance.now();
  await takeStep(engine, packed, step);
  return (performance.now() - start) / 1000;
}

async function printPeaks(given: Pick<Work, 'model' | 'data' | 'threads'>): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'adapter-lab-bench-'));
  try {
    const peaks = new Map<Measured, number>();
    for (const method of methods) {
      const work: Work = {
        ...{ ...given, method, adapter: null, batchSize: 16, maxLength: 256, steps: 3 },
        ...{ learningRate: 1e-4, clipNorm: 1, seed: 0 },
      };
      const { peakBytes } = await trainHere(work, scratch);
      peaks.set(method, peakBytes);
      console.log(`peak ${method}: ${megabytes(peakBytes)}`);
    }
    const ratio = (peaks.get('qdora') ?? NaN) / (peaks.get('qlora') ?? NaN);
    console.log(`peak qdora over qlora: ${ratio.toFixed(3)}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

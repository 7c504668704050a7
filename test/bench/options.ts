// What an option costs: processor seconds of a step with it over those of one without, in turns, and how long its engine
// takes to load. npm run bench:options -- --model DIR [--only PART-OF-A-NAME]
import { parseArgs } from 'node:util';
import type { PackedBatch } from '../../extension/shared/engineTypes';
import { readModelFolder, type ModelFolder } from '../../extension/model/folder';
import type { Engine } from '../../extension/trainer/addon';
import { openEngine } from '../../extension/trainer/openModel';
import { engineStates, trainedParts } from '../../extension/trainer/trainedParts';
import { settingsWith, syntheticBatch, takeStep } from './syntheticStep';

interface Variant {
  name: string;
  settings: object;
}

const adapter = (method: string, rest: object): object => ({ method, adapter: rest });

/** Each without the option and with it. */
const pairs: [Variant, Variant][] = [
  [
    { name: 'full', settings: { method: 'full' } },
    {
      name: 'full-adamw8bit',
      settings: { method: 'full', training: { optimizer: 'adamw8bit' } },
    },
  ],
  ...[256, 1024].map((rank): [Variant, Variant] => [
    { name: `vera-r${rank}`, settings: adapter('vera', { rank }) },
    { name: `dvora-r${rank}`, settings: adapter('dvora', { rank }) },
  ]),
  ...[16, 64].map((rank): [Variant, Variant] => [
    {
      name: `lora-r${rank}`,
      settings: adapter('lora', { rank, dropout: 0, targets: 'all-linear' }),
    },
    {
      name: `pissa-r${rank}`,
      settings: adapter('lora', { rank, dropout: 0, targets: 'all-linear', init: 'pissa' }),
    },
  ]),
];
const rounds = 6;
const batch = { texts: 4, length: 75 };

async function main(): Promise<void> {
  const string = { type: 'string' } as const;
  const { values } = parseArgs({ options: { model: string, only: { ...string, default: '' } } });
  if (values.model === undefined) throw new Error('--model DIR is needed.');
  const folder = readModelFolder(values.model);
  for (const pair of pairs)
    if (pair.some(({ name }) => name.includes(values.only))) await compare(folder, pair);
}

async function compare(folder: ModelFolder, pair: [Variant, Variant]): Promise<void> {
  const engines: Engine[] = [];
  for (const variant of pair) {
    const start = performance.now();
    const before = process.cpuUsage();
    engines.push(await open(folder, variant));
    const seconds = (performance.now() - start) / 1000;
    const processor = processorSeconds(before);
    console.log(
      `${variant.name}: loaded in ${seconds.toFixed(1)} s, ${processor.toFixed(1)} processor seconds`,
    );
  }
  const packed = syntheticBatch(batch.texts, batch.length, folder.shape.vocabulary);
  const fastest = engines.map(() => Infinity);
  // The first finds no memory allocated yet.
  for (let step = 1; step <= rounds; step += 1)
    for (const [index, engine] of engines.entries()) {
      const seconds = await timeStep(engine, packed, step);
      if (step > 1) fastest[index] = Math.min(seconds, fastest[index] ?? Infinity);
    }
  for (const engine of engines) await engine.dispose();
  const [without = NaN, withIt = NaN] = fastest;
  const [one, other] = pair.map(({ name }) => name);
  console.log(
    `step ${other} over ${one}: ${withIt.toFixed(2)} / ${without.toFixed(2)} processor seconds = ${(withIt / without).toFixed(2)}`,
  );
}

async function open(folder: ModelFolder, { settings: given }: Variant): Promise<Engine> {
  const settings = settingsWith(given);
  const { adapters, trainedTensors } = trainedParts(settings, folder, () => ({ file: 'bench' }));
  return openEngine(folder, {
    ...{ adapters, trainedTensors, training: true },
    ...engineStates(settings.training),
  });
}

async function timeStep(engine: Engine, packed: PackedBatch, step: number): Promise<number> {
  const before = process.cpuUsage();
  await takeStep(engine, packed, step);
  return processorSeconds(before);
}

/** Of all threads: another process that takes the machine's time does not count. */
function processorSeconds(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

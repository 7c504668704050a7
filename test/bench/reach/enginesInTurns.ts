// Steps of engines that take turns on the same batches of real records, so that whatever else the machine does weighs on
// all of them; of each batch the fastest counts.
import { readModelFolder, type ModelFolder } from '../../../extension/model/folder';
import type { PackedBatch } from '../../../extension/shared/engineTypes';
import { quantizationOf } from '../../../extension/shared/experiment';
import type { Engine } from '../../../extension/trainer/addon';
import { baseFor, openEngine, openTokenizer } from '../../../extension/trainer/openModel';
import { engineStates, trainedParts } from '../../../extension/trainer/trainedParts';
import { openTrainingData } from '../../../extension/trainer/trainingData';
import { settingsWith, takeStep } from '../syntheticStep';
import type { EngineSetting } from './setting';

/** What an experiment says of method and adapter. */
export interface EngineKind {
  settings: object;
  /** Those of the bench when left out. */
  threads?: number;
}

/** Does its work on a batch and gives the seconds that count; `step` is another for each. */
export type Turn = (batch: PackedBatch, step: number) => Promise<number>;

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

export function stepOf(engine: Engine): Turn {
  return (batch, step) => timed(() => takeStep(engine, batch, step));
}

/** The seconds of all batches, a figure a turn. */
export async function secondsInTurns(
  { rounds }: EngineSetting,
  batches: PackedBatch[],
  turns: Turn[],
): Promise<number[]> {
  const fastest = turns.map(() => batches.map(() => Infinity));
  // The first round finds no memory allocated yet.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, batch] of batches.entries()) {
      for (const [which, turn] of turns.entries()) {
        const seconds = await turn(batch, round * batches.length + index + 1);
        const times = fastest[which] ?? [];
        if (round > 0) times[index] = Math.min(seconds, times[index] ?? Infinity);
      }
    }
  }
  return fastest.map((times) => times.reduce((sum, one) => sum + one, 0));
}

/** A step of the first kind over one of the second. */
export async function stepRatio(
  setting: EngineSetting,
  kinds: [EngineKind, EngineKind],
  batchSize: number,
): Promise<number> {
  const engines = [await openKind(setting, kinds[0]), await openKind(setting, kinds[1])];
  const batches = await realBatches(setting, batchSize);
  const [one = NaN, other = NaN] = await secondsInTurns(setting, batches, engines.map(stepOf));
  for (const engine of engines) await engine.dispose();
  return one / other;
}

/** The first batches of the data in its order, as many as steps of a round count. */
export async function realBatches(
  { model, data, maxLength, steps, warmUp }: EngineSetting,
  batchSize: number,
): Promise<PackedBatch[]> {
  const folder = readModelFolder(model);
  const settings = settingsWith({
    data: { train: [data], maxLength, template: 'paper', lossOn: 'all', shuffle: false },
    training: { batchSize, steps },
  });
  const read = { folder, tokenizer: openTokenizer(folder) };
  const records = await openTrainingData(settings, (path) => path, read);
  const count = Math.max(1, steps - warmUp);
  return Array.from({ length: count }, (_, index) => records.step(index).micro).flat();
}

export async function openKind(
  setting: EngineSetting,
  { settings: given, threads = setting.threads }: EngineKind,
): Promise<Engine> {
  const plain: ModelFolder = readModelFolder(setting.model);
  const settings = settingsWith(given);
  const { adapters, trainedTensors } = trainedParts(settings, plain, () => ({ file: 'bench' }));
  const base = await baseFor(plain, quantizationOf(settings), { threads });
  return openEngine(base, {
    ...{ adapters, trainedTensors, training: true, threads, device: setting.device },
    keepsStored: settings.training.baseWeights === 'stored',
    ...engineStates(settings.training),
  });
}

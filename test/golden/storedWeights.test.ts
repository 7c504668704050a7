// Training with weights as they lie in their files, 16 bits each, is training with the same weights in f32. To the bit, where
// products are cut alike; the product of a weight with A, in the gradient through DoRA's norm, is not, and a processor's tile
// units, which take bf16 weights alone, add up in another order.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readModelFolder } from '../../extension/model/folder';
import { loadAddon } from '../../extension/trainer/loadAddon';
import { openEngine } from '../../extension/trainer/openModel';
import { trainedParts } from '../../extension/trainer/trainedParts';
import { settingsWith, syntheticBatch } from '../bench/syntheticStep';
import { largestDifference } from './compare';
import { readAll } from './engineSteps';

const folder = readModelFolder(join(import.meta.dirname, '../../media/starter/model'));
const adapter = { rank: 8, alpha: 16, dropout: 0.05 };
const hasTileUnits = loadAddon()
  .devices()
  .some(({ instructions }) => instructions.endsWith('amx'));
const update = {
  ...{ learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, clipNorm: 1 },
};

async function trained(given: object, keepsStored: boolean) {
  const parts = trainedParts(settingsWith(given), folder, () => ({ file: 'test' }));
  const { adapters, trainedTensors } = parts;
  const opening = { adapters, trainedTensors, keepsStored, training: true };
  const engine = await openEngine(folder, opening);
  const losses: number[] = [];
  for (const step of [1, 2, 3]) {
    // More rows than a product takes at once.
    const batch = syntheticBatch(6, 90, folder.shape.vocabulary);
    losses.push((await engine.accumulate(batch, 1 / batch.tokens.length, step)).lossSum);
    await engine.update({ ...update, step });
  }
  const values = await readAll(engine, 'value');
  const slopes = await engine.slopes();
  const { weights } = await engine.memory();
  await engine.dispose();
  return { result: { losses, values, slopes }, weights };
}

test.each([
  { method: 'lora', adapter },
  { method: 'dora', adapter },
  { method: 'vera', adapter: { rank: 64 } },
  { method: 'dvora', adapter: { rank: 64 } },
  { method: 'adalora', adapter },
  { method: 'dora', adapter: { ...adapter, alsoTrain: ['norms', 'embeddings'] } },
])('%j', async (given) => {
  const wide = await trained(given, false);
  const stored = await trained(given, true);
  expect(stored.weights / wide.weights).toBeLessThan(0.6);
  if (!hasTileUnits) {
    expect(stored.result).toEqual(wide.result);
    return;
  }
  for (const [step, loss] of wide.result.losses.entries())
    expect((stored.result.losses[step] ?? NaN) / loss).toBeCloseTo(1, 6);
  // AdamW makes a step of the learning rate's length out of any gradient, the smallest too.
  for (const [name, values] of wide.result.values) {
    const others = stored.result.values.get(name) ?? new Float32Array();
    expect(largestDifference(others, values), name).toBeLessThan(update.learningRate / 20);
  }
  for (const [index, { deltaM, deltaD }] of wide.result.slopes.entries()) {
    expect(stored.result.slopes[index]?.deltaM).toBeCloseTo(deltaM, 7);
    expect(stored.result.slopes[index]?.deltaD).toBeCloseTo(deltaD, 7);
  }
});

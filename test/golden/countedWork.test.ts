// Work of a training step, counted: operations, bytes, calls (of operations, and of the addon by the trainer) and allocations do
// not vary from run to run, so that a change that makes a step do more is seen where times would hide it. What changed on purpose: npx vitest run test/golden/countedWork.test.ts -u
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readModelFolder } from '../../extension/model/folder';
import { quantizationOf } from '../../extension/shared/experiment';
import { openEngine } from '../../extension/trainer/openModel';
import { workByPart, total } from '../../extension/trainer/profile/profiledSteps';
import { quantizedBase } from '../../extension/trainer/quantized/quantizedBase';
import { engineStates, trainedParts } from '../../extension/trainer/trainedParts';
import { settingsWith, syntheticBatch, takeStep } from '../bench/syntheticStep';
import { callsOfTrainer } from './countedWorkCalls';

const starter = join(import.meta.dirname, '../../media/starter/model');
const adapter = { rank: 16, alpha: 32, dropout: 0.05 };
const kinds = {
  full: { method: 'full' },
  lora: { method: 'lora', adapter },
  'lora, checkpointing': {
    ...{ method: 'lora', adapter },
    training: { activationCheckpointing: true },
  },
  dora: { method: 'dora', adapter },
  'dora, rank 32': { method: 'dora', adapter: { ...adapter, rank: 32, alpha: 64 } },
  qdora: { method: 'qdora', adapter },
  vera: { method: 'vera', adapter: { rank: 256 } },
  dvora: { method: 'dvora', adapter: { rank: 256 } },
  adalora: { method: 'adalora', adapter },
  'full, adamw8bit': { method: 'full', training: { optimizer: 'adamw8bit' } },
};
/** Of texts of 75 tokens that begin alike. */
const beginning = 40;

async function workOfStep(given: object, alike = 0): Promise<Record<string, number>> {
  const settings = settingsWith(given);
  const plain = readModelFolder(starter);
  const { adapters, trainedTensors } = trainedParts(settings, plain, () => ({ file: 'test' }));
  const quantization = quantizationOf(settings);
  const folder = quantization ? await quantizedBase(plain, quantization, { threads: 0 }) : plain;
  const { activationCheckpointing } = settings.training;
  const engine = await openEngine(folder, {
    ...{ adapters, trainedTensors, activationCheckpointing, training: true },
    ...engineStates(settings.training),
  });
  const batch = syntheticBatch(4, 75, folder.shape.vocabulary, alike);
  // The first steps find no memory yet, or not in one piece.
  for (const step of [1, 2]) await takeStep(engine, batch, step);
  await engine.startProfile();
  await takeStep(engine, batch, 3);
  const profile = await engine.stopProfile();
  await engine.dispose();
  const sums = workByPart([{ step: 3, tokens: [], rows: new Set<number>(), seconds: 0, profile }]);
  const { calls, operations, bytes } = total(sums);
  const { allocations, allocatedBytes } = profile;
  return { calls, operations, bytes, allocations, allocatedBytes };
}

it('counts no other work than before', async () => {
  const works: Record<string, unknown> = {};
  for (const [kind, given] of Object.entries(kinds)) works[kind] = await workOfStep(given);
  works['lora, texts that begin alike'] = await workOfStep(kinds.lora, beginning);
  await expect(`${JSON.stringify(works, null, 2)}\n`).toMatchFileSnapshot('countedWork.json');
});

it('calls the addon no more often than before', async () => {
  const calls: Record<string, unknown> = {};
  for (const [kind, given] of Object.entries(kinds)) calls[kind] = await callsOfTrainer(given);
  await expect(`${JSON.stringify(calls, null, 2)}\n`).toMatchFileSnapshot('countedWorkCalls.json');
});

// Full fine-tuning, LoRA and DoRA against transformers and PEFT: every loss, gradient and weight of five steps.
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../extension/trainer/addon';
import { learningRates } from '../../extension/trainer/learningRates';
import { largest, largestDifference } from './compare';
import { openEngine } from './openEngine';
import { accumulate, readAll } from './engineSteps';
import { parityCases, type ParityCase } from './parityCase';
import { arrayOf } from './tensorFile';

const LOSS = 1e-5;
const GRADIENT = 1e-4; // of the tensor's largest gradient
const WEIGHT = 1e-3; // of the tensor's largest weight
const MOVEMENT = 0.02; // of the tensor's largest movement
const GRADIENT_NORM = 1e-5; // relative

async function train(engine: Engine, parity: ParityCase) {
  const { steps, optimizer, rates: adapter, averageDecay } = parity;
  const losses: number[] = [];
  const gradNorms: number[] = [];
  const before = await readAll(engine, 'value');
  let gradient = new Map<string, Float32Array>();
  const rates = adapter && learningRates({ adapter, training: optimizer }, engine.parameters);
  for (const [index, microBatches] of steps.entries()) {
    losses.push(await accumulate(engine, microBatches));
    if (index === 0) gradient = await readAll(engine, 'gradient');
    gradNorms.push(
      (
        await engine.update({
          ...{ ...optimizer, step: index + 1 },
          ...(rates && { rates }),
          ...(averageDecay !== undefined && { averageDecay }),
        })
      ).gradNorm,
    );
  }
  const average =
    averageDecay === undefined ? new Map<string, Float32Array>() : await readAll(engine, 'average');
  return { losses, gradNorms, before, gradient, average, after: await readAll(engine, 'value') };
}

function expectNear(
  actual: Float32Array,
  expected: Float32Array,
  tolerance: number,
  what: string,
): void {
  expect(largestDifference(actual, expected), what).toBeLessThanOrEqual(tolerance);
}

describe.each(parityCases())('$name', (parity) => {
  test.each([
    { threads: 2, activationCheckpointing: false },
    { threads: 1, activationCheckpointing: true },
  ])('five steps, %o', async (settings) => {
    const engine = await openEngine({ ...parity, ...settings, training: true });
    const result = await train(engine, parity);
    await engine.dispose();
    expect([...result.after.keys()].sort()).toEqual(parity.trained);
    for (const [step, loss] of parity.losses.entries()) {
      expect(
        Math.abs((result.losses[step] ?? NaN) - loss),
        `loss of step ${step + 1}`,
      ).toBeLessThanOrEqual(LOSS);
      const norm = parity.gradNorms[step] ?? NaN;
      expect(
        Math.abs((result.gradNorms[step] ?? NaN) / norm - 1),
        'gradient norm',
      ).toBeLessThanOrEqual(GRADIENT_NORM);
    }
    for (const name of parity.trained) {
      const gradient = arrayOf(parity.arrays, `gradient/${name}`);
      expectNear(
        arrayOf(result.gradient, name),
        gradient,
        GRADIENT * largest(gradient),
        `gradient of ${name}`,
      );
      const after = arrayOf(parity.arrays, `after/${name}`);
      const moved = largestDifference(after, arrayOf(result.before, name));
      const tolerance = Math.min(WEIGHT * largest(after), MOVEMENT * moved);
      expectNear(arrayOf(result.after, name), after, tolerance, `${name} after five steps`);
      if (parity.averageDecay === undefined) continue;
      const average = arrayOf(parity.arrays, `average/${name}`);
      expectNear(arrayOf(result.average, name), average, tolerance, `average of ${name}`);
    }
  });
});

// A step of training on CUDA's kernels, run on the host with bf16 activations, against PEFT's in f32: every method, on every model
// shape, forward, backward and update.
import { describe, expect, test } from 'vitest';
import { accumulate, readAll } from '../golden/engineSteps';
import { openEngine } from '../golden/openEngine';
import { parityCases } from '../golden/parityCase';
import { arrayOf } from '../golden/tensorFile';

// bf16 keeps 8 bits: each rounding is off by up to 0.4 %, and those of a model's layers add up like a random walk.
const LOSS = 0.01; // relative
const GRADIENT = 0.15; // length of the difference over that of the gradient: the largest is 0.12, of a 4-bit base
// A tensor whose gradient is small beside the others' is a difference of large numbers: this part of the whole is rounding.
const SHARE = 0.005;

function length(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

function distance(a: Float32Array, b: Float32Array): number {
  return length(a.map((value, i) => value - (b[i] ?? NaN)));
}

describe.each(parityCases())('$name', (parity) => {
  test('one step in bf16', async () => {
    const engine = await openEngine({ ...parity, training: true });
    const [first] = parity.steps;
    const loss = await accumulate(engine, first ?? []);
    const gradient = await readAll(engine, 'gradient');
    const { gradNorm } = await engine.update({ ...parity.optimizer, step: 1 });
    await engine.dispose();
    const expected = parity.losses[0] ?? NaN;
    expect(Math.abs(loss / expected - 1), 'loss').toBeLessThanOrEqual(LOSS);
    expect(
      Math.abs(gradNorm / (parity.gradNorms[0] ?? NaN) - 1),
      'gradient norm',
    ).toBeLessThanOrEqual(GRADIENT);
    for (const name of parity.trained) {
      const golden = arrayOf(parity.arrays, `gradient/${name}`);
      const apart = distance(arrayOf(gradient, name), golden);
      expect(apart, `gradient of ${name}`).toBeLessThanOrEqual(
        GRADIENT * length(golden) + SHARE * (parity.gradNorms[0] ?? NaN),
      );
    }
  });
});

test('frozen weights take no more memory in training than in generation', async () => {
  const lora = parityCases().filter(({ name }) => name.endsWith('-lora'));
  expect(lora.length).toBeGreaterThan(0);
  for (const parity of lora) {
    const bytes: number[] = [];
    for (const training of [false, true]) {
      const engine = await openEngine({ ...parity, training });
      bytes.push((await engine.memory()).weights);
      await engine.dispose();
    }
    expect(bytes[1], parity.name).toBe(bytes[0]);
  }
});

test('steps that are taken again give the same bits', async () => {
  const wanted = parityCases().filter(({ name }) => /-(lora|dora|qdora)$/.test(name));
  expect(wanted.length).toBeGreaterThan(2);
  for (const parity of wanted) {
    const told: unknown[] = [];
    for (let turn = 0; turn < 2; turn++) {
      const engine = await openEngine({ ...parity, training: true });
      const first = await accumulate(engine, parity.steps[0] ?? []);
      const { gradNorm } = await engine.update({ ...parity.optimizer, step: 1 });
      const second = await accumulate(engine, parity.steps[0] ?? []);
      const gradient = [...(await readAll(engine, 'gradient'))];
      await engine.dispose();
      told.push({ first, gradNorm, second, gradient });
    }
    expect(told[1], parity.name).toEqual(told[0]);
  }
});

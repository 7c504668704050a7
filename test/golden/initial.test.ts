// How fresh adapters begin, as PEFT defines it: distributions of A, and that every beginning is the identity.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readModelFolder } from '../../extension/model/folder';
import type { AdapterInit, AdapterModule, Engine } from '../../extension/trainer/addon';
import { openEngine } from '../../extension/trainer/openModel';
import { largest, largestDifference } from './compare';
import { golden } from './parityCase';

const RANK = 6;
const DEVIATIONS = 5; // of an estimate's own error: one in 10^6 by chance
const folder = readModelFolder(join(golden, 'models', 'gqa-tied'));
const text = Int32Array.of(1, 5, 7, 11, 13);

function open(init: AdapterInit, magnitude: boolean): Promise<Engine> {
  const adapters = folder.linears.map(({ name }): AdapterModule => {
    return { name, kind: 'lora', rank: RANK, scale: 2, dropout: 0, magnitude };
  });
  return openEngine(folder, { adapters, init, training: true, seed: 11, threads: 1 });
}

async function valuesOf(engine: Engine, part: string): Promise<Float32Array[]> {
  const names = engine.parameters.map(({ name }) => name).filter((name) => name.endsWith(part));
  return Promise.all(names.map((name) => engine.read('value', name)));
}

function momentsOf(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const moment = (power: number): number =>
    values.reduce((sum, value) => sum + (value - mean) ** power, 0) / values.length;
  return { mean, deviation: Math.sqrt(moment(2)), kurtosis: moment(4) / moment(2) ** 2 };
}

function expectNormal(values: readonly number[], deviation: number): void {
  const own = momentsOf(values);
  const error = 1 / Math.sqrt(values.length);
  expect(Math.abs(own.mean)).toBeLessThan(DEVIATIONS * deviation * error);
  expect(Math.abs(own.deviation / deviation - 1)).toBeLessThan(DEVIATIONS * Math.SQRT1_2 * error);
  expect(Math.abs(own.kurtosis - 3)).toBeLessThan(DEVIATIONS * Math.sqrt(24) * error);
}

test('gaussian: A is normal with a deviation of 1 / rank, B zero', async () => {
  const engine = await open('gaussian', false);
  const a = (await valuesOf(engine, 'lora_A.weight')).flatMap((own) => [...own]);
  expectNormal(a, 1 / RANK);
  for (const b of await valuesOf(engine, 'lora_B.weight')) expect(largest(b)).toBe(0);
  await engine.dispose();
});

test('orthogonal: A and B are a tenth of normal, and B A is zero', async () => {
  const engine = await open('orthogonal', false);
  const a = await valuesOf(engine, 'lora_A.weight');
  const b = await valuesOf(engine, 'lora_B.weight');
  // Half of an orthogonal matrix's rows: each value has half of the squares.
  for (const part of [a, b]) {
    const { deviation } = momentsOf(part.flatMap((own) => [...own]));
    expect(deviation / (0.1 * Math.SQRT1_2)).toBeCloseTo(1, 1);
  }
  for (const [index, { in: columns, out }] of folder.linears.entries()) {
    for (let row = 0; row < out; row += 5)
      for (let column = 0; column < columns; column += 7) {
        let product = 0;
        for (let k = 0; k < RANK; k += 1)
          product +=
            (b[index]?.[row * RANK + k] ?? NaN) * (a[index]?.[k * columns + column] ?? NaN);
        expect(Math.abs(product)).toBeLessThan(1e-7);
      }
  }
  await engine.dispose();
});

test.each([
  ['default', false],
  ['gaussian', true],
  ['orthogonal', false],
  ['orthogonal', true],
] as const)('%s is the identity, with magnitudes %s', async (init, magnitude) => {
  const engine = await open(init, magnitude);
  const plain = await openEngine(folder, { threads: 1 });
  const expected = await plain.logits(text);
  const difference = largestDifference(await engine.logits(text), expected);
  expect(difference).toBeLessThanOrEqual(init === 'orthogonal' || magnitude ? 1e-5 : 0);
  await Promise.all([engine.dispose(), plain.dispose()]);
});

test('every module and every seed draws other values', async () => {
  const engine = await open('gaussian', false);
  const first = await valuesOf(engine, 'lora_A.weight');
  expect(new Set(first.map((own) => own[0])).size).toBe(first.length);
  await engine.dispose();
});

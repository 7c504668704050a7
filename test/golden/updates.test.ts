// Spectra, subspaces and row lengths of adapters' updates against dense ones in double precision.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readModelFolder } from '../../extension/model/folder';
import { mergedTensors } from '../../extension/trainer/exchange/mergedWeights';
import { readUpdate } from '../../extension/trainer/exchange/weightUpdate';
import { readAdapterModules } from '../../extension/trainer/openModel';
import { findAdapterTensors } from '../../extension/trainer/peftTensors';
import { measureUpdates } from '../../extension/trainer/updates/measureUpdates';
import {
  countByEdges,
  meanOfChanges,
  relativeChanges,
} from '../../extension/trainer/updates/rowLengths';
import { effectiveRank, spectrumOf } from '../../extension/trainer/updates/spectrum';
import { baseOf, golden, readJson } from './parityCase';

interface GoldenModule {
  name: string;
  values: number[];
  effectiveRank: number;
  output: number[][];
  input: number[][];
}

const { wide, pairs, bins, lengths } = readJson('updates.json') as {
  wide: { out: number; in: number; rank: number; values: number[] };
  pairs: { one: string; other: string; modules: GoldenModule[] }[];
  bins: number[];
  lengths: Record<string, { name: string; mean: number; counts: number[] }[]>;
};
const modelOf = (adapter: string): string => join(golden, 'models', baseOf(adapter));
const adapterOf = (adapter: string): string => join(golden, 'adapters', adapter);

test.each(pairs)('spectrum of $one', async ({ one, modules }) => {
  const folder = readModelFolder(modelOf(one));
  const adapter = readAdapterModules(adapterOf(one), folder);
  const tensors = findAdapterTensors(adapterOf(one), adapter, folder);
  for (const expected of modules) {
    const module = adapter.modules.find(({ name }) => name === expected.name);
    const linear = folder.linears.find(({ name }) => name === expected.name);
    if (module === undefined || linear === undefined) throw new Error(expected.name);
    const update = await readUpdate(module, tensors, linear);
    const { values } = await spectrumOf(update, linear, 0);
    expect(values).toHaveLength(expected.values.length);
    for (const [index, value] of expected.values.entries())
      expect(Math.abs((values[index] ?? 0) / value - 1), expected.name).toBeLessThan(1e-10);
    expect(effectiveRank(values) / expected.effectiveRank).toBeCloseTo(1, 10);
  }
});

test('spectrum of an update of rank 256', async () => {
  const { out, in: columns, rank } = wide;
  const whole = (i: number, j: number): number =>
    ((((i + 3) * (j + 7) * (i + j + 1)) % 1009) - 504) / 512;
  const b = Float32Array.from({ length: out * rank }, (_, i) => {
    return whole(Math.floor(i / rank), i % rank);
  });
  const a = Float32Array.from({ length: rank * columns }, (_, i) => {
    const k = Math.floor(i / columns);
    return whole(k, i % columns) / 2 ** Math.floor(k / 32);
  });
  const { values, left } = await spectrumOf({ rank, scale: 1, a, b }, wide, 16);
  expect(left.count).toBe(16);
  expect(values).toHaveLength(rank);
  for (const [index, value] of wide.values.entries())
    expect(Math.abs((values[index] ?? 0) / value - 1)).toBeLessThan(1e-10);
});

test.each(pairs)('similarity of $one and $other', async ({ one, other, modules }) => {
  const folders = [one, other].map(adapterOf);
  const { similarity, adapters } = await measureUpdates(modelOf(one), folders, { threads: 1 });
  const shared = adapters[0]?.modules.filter(({ name }) =>
    adapters[1]?.modules.some((module) => module.name === name),
  );
  expect(similarity?.map(({ name }) => name)).toEqual(shared?.map(({ name }) => name));
  for (const expected of modules) {
    const found = similarity?.find(({ name }) => name === expected.name);
    for (const side of ['output', 'input'] as const) {
      const [actual, wanted] = [found?.[side], expected[side]];
      expect(actual?.map(({ length }) => length)).toEqual(wanted.map(({ length }) => length));
      // Four digits are told.
      for (const [i, line] of wanted.entries())
        for (const [j, phi] of line.entries())
          expect(Math.abs((actual?.[i]?.[j] ?? 0) - phi)).toBeLessThanOrEqual(0.5001e-4);
    }
  }
});

describe('row lengths', () => {
  test.each(Object.entries(lengths))('of %s', async (name, expected) => {
    const base = readModelFolder(modelOf(name));
    const [before, after] = [undefined, adapterOf(name)].map(
      (adapter) => mergedTensors({ base, adapter, threads: 1 }).tensors,
    );
    expect(expected).toHaveLength(base.linears.length);
    for (const module of expected) {
      const columns = base.linears.find((linear) => linear.name === module.name)?.in ?? 0;
      const [own, trained] = [before, after].map((tensors) =>
        tensors?.find((tensor) => tensor.name === `${module.name}.weight`)?.blocks(),
      );
      if (own === undefined || trained === undefined) throw new Error(module.name);
      const changes = await relativeChanges(own, trained, columns);
      expect(countByEdges(changes, bins), module.name).toEqual(module.counts);
      expect(Math.abs(meanOfChanges(changes) - module.mean)).toBeLessThan(1e-6);
    }
  });
});

// Magnitude and direction changes against a double-precision computation from merged weights.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readModelFolder } from '../../extension/model/folder';
import { sourceOf } from '../../extension/model/readTensor';
import { readHeader } from '../../extension/model/safetensorsHeader';
import type { ModuleChange } from '../../extension/trainer/addon';
import { loadAddon } from '../../extension/trainer/loadAddon';
import { openEngine } from './openEngine';
import { baseOf, golden, readJson } from './parityCase';
import { arrayOf, readArrays } from './tensorFile';

const TOLERANCE = 1e-6; // of the value
type Changes = Record<string, ModuleChange[]>;
const { adapters, full } = readJson('slopes.json') as Record<'adapters' | 'full', Changes>;
const { slopes: ofVera } = readJson('vera.json') as { slopes: Changes };

function expectNear(actual = NaN, expected: number, what: string): void {
  expect(Math.abs(actual / expected - 1), what).toBeLessThanOrEqual(TOLERANCE);
}

function expectChanges(actual: ModuleChange[], expected: ModuleChange[]): void {
  const byName = new Map(actual.map((change) => [change.name, change]));
  expect([...byName.keys()].sort()).toEqual(expected.map(({ name }) => name).sort());
  for (const { name, deltaM, deltaD } of expected) {
    const change = byName.get(name);
    expectNear(change?.deltaM, deltaM, `deltaM of ${name}`);
    expectNear(change?.deltaD, deltaD, `deltaD of ${name}`);
  }
}

test.each(Object.entries({ ...adapters, ...ofVera }))('%s', async (adapter, expected) => {
  const engine = await openEngine({ model: baseOf(adapter), adapter, trained: [] });
  expectChanges(await engine.slopes(), expected);
  await engine.dispose();
});

test.each(Object.entries(full))('%s', async (name, expected) => {
  const trained = expected.map((module) => `${module.name}.weight`);
  const engine = await openEngine({ model: baseOf(name), adapter: null, trained, training: true });
  const after = readArrays(join(golden, 'cases', `${name}.safetensors`));
  for (const tensor of trained)
    await engine.write('value', tensor, arrayOf(after, `after/${tensor}`));
  expectChanges(await engine.slopes(), expected);
  await engine.dispose();
});

test.each(Object.entries(full))('%s, from two files', async (name, expected) => {
  const { tensors } = readModelFolder(join(golden, 'models', baseOf(name)));
  const header = readHeader(join(golden, 'cases', `${name}.safetensors`));
  const addon = loadAddon();
  const actual: ModuleChange[] = [];
  for (const module of expected) {
    const base = tensors[`${module.name}.weight`];
    const after = sourceOf(header, `after/${module.name}.weight`);
    if (base === undefined || after === undefined) throw new Error(`${module.name} is missing.`);
    actual.push({ name: module.name, ...(await addon.compareTensors(base, after)) });
  }
  expectChanges(actual, expected);
});

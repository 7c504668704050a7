// Adapters of random configurations: what is written is what PEFT writes, byte for byte, what is read back is what was
// written, and the logits are PEFT's.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readModelFolder } from '../../extension/model/folder';
import { readAdapter } from '../../extension/trainer/openModel';
import { peftPrefix } from '../../extension/trainer/peftTensors';
import { largestDifference } from './compare';
import { golden } from './parityCase';
import {
  adapters,
  hashOfTensors,
  tellingConfig,
  text,
  toldOf,
  valuesIn,
  writeRandomAdapter,
} from './randomAdapters';

const TOLERANCE = 1e-4;

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'adapter-lab-random-'));
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

test('all are here, of every method', () => {
  expect(adapters).toHaveLength(180);
  const isOf = (type: string) => adapters.filter(({ config }) => config.peft_type === type).length;
  expect([isOf('VERA'), isOf('ADALORA')]).toEqual([20, 30]);
  expect(adapters.filter(({ config }) => config.exclude_modules !== undefined)).toHaveLength(20);
  expect(adapters.filter(({ zero }) => zero !== undefined)).toHaveLength(10);
});

test.each(adapters.map((adapter, index) => ({ ...adapter, index })))(
  '$index: $model',
  async ({ index, ...adapter }) => {
    const folder = join(scratch, String(index));
    const engine = await writeRandomAdapter(adapter, folder);
    const all = await engine.logits(Int32Array.from(text));
    await engine.dispose();
    const last = all.slice(all.length - all.length / text.length).slice(0, adapter.logits.length);
    const expected = Float32Array.from(adapter.logits);
    expect(largestDifference(last, expected)).toBeLessThanOrEqual(TOLERANCE);
    expect(hashOfTensors(join(folder, 'adapter_model.safetensors'))).toBe(adapter.tensors);
    expect(tellingConfig(folder)).toEqual(toldOf(adapter.config));
    const { values, modules } = await readAdapter(
      folder,
      readModelFolder(join(golden, 'models', adapter.model)),
    );
    for (const type of adapter.zero ?? []) {
      const ranks = modules.flatMap(({ name, rank }) => (name.endsWith(type) ? [rank] : []));
      expect(new Set(ranks), type).toEqual(new Set([0]));
    }
    // VeRA's shared matrices come from PEFT's generator: the hash has them.
    for (const [name, read] of [...values].filter(([one]) => !/^vera_[AB]$/.test(one)))
      expect(read, name).toEqual(valuesIn(adapter, peftPrefix + name, read.length));
  },
);

// A merged folder computes what PEFT's merged model computes, and its files are cut and named as transformers' are.
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readModelFolder } from '../../extension/model/folder';
import { cutIntoShards, writeShards } from '../../extension/model/shards';
import type { TensorToWrite } from '../../extension/model/safetensorsWriter';
import { mergedTensors } from '../../extension/trainer/exchange/mergedWeights';
import { copyModelFiles } from '../../extension/trainer/modelFiles';
import { openEngine, readAdapter, writeValues } from '../../extension/trainer/openModel';
import { largestDifference } from './compare';
import { baseOf, golden, readJson } from './parityCase';

const TOLERANCE = 1e-4;

interface Index {
  metadata: object;
  weight_map: Record<string, string>;
}

const expected = readJson('merging.json') as {
  text: number[];
  logits: Record<string, number[]>;
  indexes: { model: string; size: string; index: Index }[];
};

const { logits: ofVera } = readJson('vera.json') as { logits: Record<string, number[]> };

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'adapter-lab-merged-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Cut so small that every tensor meets a border. */
async function writeMerged(target: string, model: string, adapter?: string): Promise<string[]> {
  const base = readModelFolder(join(golden, 'models', model));
  const path = adapter && join(golden, 'adapters', adapter);
  const { tensors } = mergedTensors({ base, adapter: path, threads: 2 });
  const toWrite = tensors.map(({ name, shape, blocks }): TensorToWrite => {
    return { name, shape, dtype: 'f32', content: { blocks: () => blocks() } };
  });
  const { files } = await writeShards(target, cutIntoShards(toWrite, 9000));
  await copyModelFiles(base, target, 'f32');
  return files;
}

test.each(Object.entries({ ...expected.logits, ...ofVera }))('%s', async (adapter, logits) => {
  await inFolder(async (folder) => {
    const files = await writeMerged(folder, baseOf(adapter), adapter);
    expect(files.length).toBeGreaterThan(1);
    const engine = await openEngine(readModelFolder(folder), { threads: 2 });
    const all = await engine.logits(Int32Array.from(expected.text));
    await engine.dispose();
    const last = all.slice(all.length - logits.length);
    expect(largestDifference(last, Float32Array.from(logits))).toBeLessThanOrEqual(TOLERANCE);
  });
});

test.each(expected.indexes)('$model in files of $size at most', async ({ model, size, index }) => {
  const base = readModelFolder(join(golden, 'models', model));
  const { tensors } = mergedTensors({ base, adapter: undefined, threads: 1 });
  const toWrite = tensors.map(({ name, shape, blocks }): TensorToWrite => {
    return { name, shape, dtype: 'f32', content: { blocks: () => blocks() } };
  });
  await inFolder(async (folder) => {
    await writeShards(folder, cutIntoShards(toWrite, 1000 * parseInt(size)));
    const text = readFileSync(join(folder, 'model.safetensors.index.json'), 'utf8');
    expect(text).toBe(`${JSON.stringify(index, null, 2)}\n`);
    copyFileSync(join(base.path, 'config.json'), join(folder, 'config.json'));
    const again = readModelFolder(folder);
    expect(Object.keys(again.tensors).sort()).toEqual(Object.keys(index.weight_map).sort());
  });
});

test.each(['gqa-tied-vera', 'qwen3-vera'])('%s merged computes what it did apart', async (name) => {
  const base = readModelFolder(join(golden, 'models', baseOf(name)));
  const { modules, values } = await readAdapter(join(golden, 'adapters', name), base);
  const apart = await openEngine(base, { adapters: modules, threads: 2 });
  await writeValues(apart, values);
  const text = Int32Array.from(expected.text);
  await inFolder(async (folder) => {
    await writeMerged(folder, baseOf(name), name);
    const merged = await openEngine(readModelFolder(folder), { threads: 2 });
    const difference = largestDifference(await merged.logits(text), await apart.logits(text));
    expect(difference).toBeLessThanOrEqual(TOLERANCE);
    await merged.dispose();
  });
  await apart.dispose();
});

test('a model without an adapter keeps every bit', async () => {
  await inFolder(async (folder) => {
    await writeMerged(folder, 'qwen2');
    const engine = await openEngine(readModelFolder(folder), { threads: 1 });
    const base = await openEngine(readModelFolder(join(golden, 'models', 'qwen2')), { threads: 1 });
    const text = Int32Array.from(expected.text);
    expect(await engine.logits(text)).toEqual(await base.logits(text));
    await engine.dispose();
    await base.dispose();
  });
});

// Adapters with values of their own for embeddings, head and whole linear modules: logits are PEFT's by the engine, merged, and
// converted to plain LoRA.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readModelFolder } from '../../extension/model/folder';
import { convertAdapter } from '../../extension/trainer/exchange/convertAdapter';
import { openEngine, readAdapter, writeValues } from '../../extension/trainer/openModel';
import { writeMergedModel } from '../../extension/cli/exchange/mergedModel';
import { encodeSafetensors } from '../headless/tinyModel';
import { largestDifference } from './compare';
import { golden, readJson } from './parityCase';
import { text, valuesOf } from './randomAdapters';

const TOLERANCE = 1e-4;

interface OwnTables {
  model: string;
  config: Record<string, unknown>;
  /** Of the tensors in PEFT's file; their values follow by a rule from their names. */
  shapes: Record<string, number[]>;
  logits: number[];
}

const entries = readJson('own_tables.json') as OwnTables[];

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'adapter-lab-tables-'));
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

function writeAdapter(folder: string, { config, shapes }: OwnTables): void {
  mkdirSync(folder);
  writeFileSync(join(folder, 'adapter_config.json'), JSON.stringify(config));
  const tensors = Object.entries(shapes).map(([key, shape]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return [key, { shape, values: valuesOf(key, count) }] as const;
  });
  writeFileSync(join(folder, 'adapter_model.safetensors'), encodeSafetensors(new Map(tensors)));
}

/** The first of the last token's. */
async function logitsOf(model: string, adapter?: string): Promise<Float32Array> {
  const folder = readModelFolder(model);
  const read = adapter === undefined ? undefined : await readAdapter(adapter, folder);
  const { base = folder, modules: adapters = [], trainedTensors = [] } = read ?? {};
  const engine = await openEngine(base, { adapters, trainedTensors, threads: 1 });
  if (read) await writeValues(engine, read.values);
  const all = await engine.logits(Int32Array.from(text));
  await engine.dispose();
  return all.slice(all.length - all.length / text.length);
}

const titled = entries.map((entry, index) => {
  const { peft_type: type, target_modules: targets, modules_to_save: saved } = entry.config;
  return { entry, index, title: JSON.stringify([entry.model, type, targets, saved]) };
});

test.each(titled)('$index $title', async ({ entry, index }) => {
  const base = join(golden, 'models', entry.model);
  const adapter = join(scratch, `adapter-${index}`);
  writeAdapter(adapter, entry);
  const expected = Float32Array.from(entry.logits);
  const isNear = async (model: string, onIt?: string): Promise<void> => {
    const logits = (await logitsOf(model, onIt)).slice(0, expected.length);
    expect(largestDifference(logits, expected)).toBeLessThanOrEqual(TOLERANCE);
  };
  await isNear(base, adapter);

  const merged = join(scratch, `merged-${index}`);
  const merging = { base: readModelFolder(base), adapter, threads: 1 };
  const options = { dtype: 'f32' as const, shardBytes: 1e9, card: '', onBytes: () => undefined };
  await writeMergedModel(merged, { merging, ...options });
  await isNear(merged);
  const config = readFileSync(join(merged, 'config.json'), 'utf8');
  const isTied = (JSON.parse(config) as { tie_word_embeddings: boolean }).tie_word_embeddings;
  const { shape } = readModelFolder(merged);
  expect(isTied).toBe(shape.tiedHead);

  const converted = join(scratch, `converted-${index}`);
  mkdirSync(converted);
  await convertAdapter(converted, { base: readModelFolder(base), adapter, rank: undefined });
  await isNear(base, converted);
});

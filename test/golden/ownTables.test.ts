// Adapters with values of their own for embeddings, head, rows of both and whole linear modules, and with biases of B: logits are
// PEFT's by the engine, merged, and converted to plain LoRA.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readModelFolder } from '../../extension/model/folder';
import { convertAdapter } from '../../extension/trainer/exchange/convertAdapter';
import { openEngine, readAdapter, writeValues } from '../../extension/trainer/openModel';
import { writeMergedModel } from '../../extension/cli/exchange/mergedModel';
import { largestDifference } from './compare';
import { ownTables, writeOwnTables } from './ownTables';
import { golden } from './parityCase';
import { text } from './randomAdapters';

const TOLERANCE = 1e-4;

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'adapter-lab-tables-'));
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

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

/** Of its own where the configuration says so. */
function expectOneHead(merged: string): void {
  const config = readFileSync(join(merged, 'config.json'), 'utf8');
  const isTied = (JSON.parse(config) as { tie_word_embeddings: boolean }).tie_word_embeddings;
  expect(isTied).toBe(readModelFolder(merged).shape.tiedHead);
}

const titled = ownTables.map((entry, index) => {
  const { peft_type: type, target_modules: targets, modules_to_save: saved } = entry.config;
  const { trainable_token_indices: tokens, lora_bias: bias } = entry.config;
  const settings = [entry.model, type, targets, saved, tokens, bias];
  return { entry, index, title: JSON.stringify(settings) };
});

test.each(titled)('$index $title', async ({ entry, index }) => {
  const base = join(golden, 'models', entry.model);
  const adapter = join(scratch, `adapter-${index}`);
  writeOwnTables(adapter, entry);
  const expected = Float32Array.from(entry.logits);
  const isNear = async (model: string, onIt?: string): Promise<void> => {
    const logits = (await logitsOf(model, onIt)).slice(0, expected.length);
    expect(largestDifference(logits, expected)).toBeLessThanOrEqual(TOLERANCE);
  };
  await isNear(base, adapter);

  const merged = join(scratch, `merged-${index}`);
  const merging = { base: readModelFolder(base), adapter, threads: 1 };
  const options = { dtype: 'f32' as const, shardBytes: 1e9, card: '', onBytes: () => undefined };
  if (entry.model.startsWith('mistral')) {
    const writing = writeMergedModel(merged, { merging, ...options });
    await expect(writing).rejects.toThrow(/"lora_bias".*MistralForCausalLM has no place/);
  } else {
    await writeMergedModel(merged, { merging, ...options });
    await isNear(merged);
    expectOneHead(merged);
  }

  const converted = join(scratch, `converted-${index}`);
  mkdirSync(converted);
  await convertAdapter(converted, { base: readModelFolder(base), adapter, rank: undefined });
  await isNear(base, converted);
});

// GGUF files hold what llama.cpp's converter writes: names, shapes, types and bytes of tensors from the gguf library,
// read back by a reader of the format's documentation.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readModelFolder } from '../../extension/model/folder';
import { convertAdapter } from '../../extension/trainer/exchange/convertAdapter';
import {
  exportAdapterGguf,
  exportModelGguf,
} from '../../extension/trainer/exchange/gguf/exportGguf';
import type { GgmlType } from '../../extension/trainer/exchange/gguf/ggmlTypes';
import { ggufName } from '../../extension/trainer/exchange/gguf/tensorNames';
import { readUpdate } from '../../extension/trainer/exchange/weightUpdate';
import { readAdapterModules } from '../../extension/trainer/openModel';
import { readPeftConfig } from '../../extension/trainer/peftConfig';
import { findAdapterTensors } from '../../extension/trainer/peftTensors';
import { writeMergedModel } from '../../extension/cli/exchange/mergedModel';
import { largestDifference } from './compare';
import { hashOf, readGguf, type ReadGguf } from './ggufReader';
import { ownTables, writeOwnTables } from './ownTables';
import { baseOf, golden, readJson } from './parityCase';

type Tensors = Record<string, [shape: number[], type: string, hash: string]>;

const expected = readJson('gguf.json') as {
  models: { model: string; type: GgmlType; tensors: Tensors; ropeFactors?: number[] }[];
  adapters: { adapter: string; type: GgmlType; alpha: number; tensors: Tensors }[];
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'adapter-lab-gguf-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A tokenizer of single characters: the golden models have none. */
function withTokenizer(model: string): string {
  const copy = join(folder, `${model}-${Math.random()}`);
  cpSync(join(golden, 'models', model), copy, { recursive: true });
  const characters = Array.from({ length: 90 }, (_, i) => String.fromCodePoint(33 + i));
  const vocab = Object.fromEntries(characters.map((character, id) => [character, id]));
  const special = { id: 90, content: '<end>', special: true, normalized: false };
  const tokenizer = {
    ...{ added_tokens: [special], normalizer: null, post_processor: null, decoder: null },
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
    model: { type: 'BPE', vocab, merges: [['a', 'b']] },
  };
  writeFileSync(join(copy, 'tokenizer.json'), JSON.stringify(tokenizer));
  writeFileSync(join(copy, 'tokenizer_config.json'), JSON.stringify({ eos_token: '<end>' }));
  return copy;
}

function tensorsOf({ tensors }: ReadGguf): Tensors {
  const entries = [...tensors].map(([name, tensor]): [string, Tensors[string]] => {
    return [name, [tensor.shape, tensor.type, hashOf(tensor)]];
  });
  return Object.fromEntries(entries);
}

test.each(expected.models)('$model as $type', async ({ model, type, tensors, ropeFactors }) => {
  const base = readModelFolder(withTokenizer(model));
  const file = join(folder, `${model}.${type}.gguf`);
  await exportModelGguf(file, { base, adapter: undefined, threads: 1 }, { type });
  const read = readGguf(file);
  const { 'rope_freqs.weight': factors, ...found } = tensorsOf(read);
  expect(found).toEqual(tensors);
  const { config, shape } = base;
  const architecture = config.family === 'mistral' ? 'llama' : config.family;
  const field = (name: string): unknown => read.fields.get(`${architecture}.${name}`);
  expect(read.fields.get('general.architecture')).toBe(architecture);
  expect(field('block_count')).toBe(shape.layers);
  expect(field('attention.head_count_kv')).toBe(shape.kvHeads);
  expect(field('attention.layer_norm_rms_epsilon')).toBe(Math.fround(shape.normEpsilon));
  expect(field('rope.scaling.type')).toBe(model === 'linear-rope' ? 'linear' : undefined);
  const tokens = read.fields.get('tokenizer.ggml.tokens') as string[];
  expect(tokens).toHaveLength(shape.vocabulary);
  expect(tokens.slice(89, 92)).toEqual(['z', '<end>', '[PAD91]']);
  expect(factors === undefined).toBe(ropeFactors === undefined);
  const written = read.tensors.get('rope_freqs.weight');
  ropeFactors?.forEach((value, i) => {
    expect(Math.abs((written?.bytes.readFloatLE(4 * i) ?? NaN) / value - 1)).toBeLessThan(1e-6);
  });
});

test('a window that llama.cpp does not know becomes the length of its context', async () => {
  const base = readModelFolder(withTokenizer('mistral-window'));
  const file = join(folder, 'window.gguf');
  await exportModelGguf(file, { base, adapter: undefined, threads: 1 }, { type: 'f32' });
  expect(readGguf(file).fields.get('llama.context_length')).toBe(Math.max(...base.shape.windows));
});

test.each(expected.adapters)('$adapter as $type', async ({ adapter, type, alpha, tensors }) => {
  const base = readModelFolder(join(golden, 'models', baseOf(adapter)));
  const file = join(folder, `${adapter}.gguf`);
  await exportAdapterGguf(file, { base, adapter: join(golden, 'adapters', adapter) }, { type });
  const read = readGguf(file);
  expect(tensorsOf(read)).toEqual(tensors);
  expect(read.fields.get('general.type')).toBe('adapter');
  expect(read.fields.get('adapter.type')).toBe('lora');
  expect(read.fields.get('adapter.lora.alpha')).toBe(Math.fround(alpha));
});

test('a VeRA adapter is the LoRA of the same update', async () => {
  const base = readModelFolder(join(golden, 'models', 'gqa-tied'));
  const vera = join(golden, 'adapters', 'gqa-tied-vera');
  const lora = join(folder, 'converted');
  mkdirSync(lora);
  await convertAdapter(lora, { base, adapter: vera, rank: undefined });
  const [one, other] = [join(folder, 'vera.gguf'), join(folder, 'lora.gguf')];
  await exportAdapterGguf(one, { base, adapter: vera }, { type: 'f32' });
  await exportAdapterGguf(other, { base, adapter: lora }, { type: 'f32' });
  expect(tensorsOf(readGguf(one))).toEqual(tensorsOf(readGguf(other)));
  const { alpha, rank } = readPeftConfig(lora);
  expect(readGguf(one).fields.get('adapter.lora.alpha')).toBe(alpha);
  expect(alpha).toBe(rank);
});

test.each(['gqa-tied-adalora', 'mha-untied-adalora-scheduled'])('%s is a LoRA', async (name) => {
  const base = readModelFolder(join(golden, 'models', baseOf(name)));
  const adapter = join(golden, 'adapters', name);
  const file = join(folder, `${name}.gguf`);
  await exportAdapterGguf(file, { base, adapter }, { type: 'f32' });
  const { fields, tensors } = readGguf(file);
  const alpha = Number(fields.get('adapter.lora.alpha'));
  const parts = readAdapterModules(adapter, base);
  const found = findAdapterTensors(adapter, parts, base);
  const kept = parts.modules.filter(({ rank }) => rank > 0);
  expect(tensors.size).toBe(2 * kept.length);
  for (const module of kept.filter((one) => one.name.includes('mlp'))) {
    const linear = base.linears.find((one) => one.name === module.name);
    const update = await readUpdate(module, found, { in: linear?.in ?? 0 });
    const stored = ['lora_a', 'lora_b'].map((part) => {
      const bytes = tensors.get(`${ggufName(`${module.name}.weight`)}.${part}`)?.bytes;
      const { length = 0 } = bytes ?? {};
      return Float32Array.from({ length: length / 4 }, (_, i) => bytes?.readFloatLE(4 * i) ?? NaN);
    });
    expect(stored[0]).toEqual(update.a);
    const scaled = stored[1]?.map((value) => (alpha / module.rank) * value);
    const wanted = update.b.map((value) => module.scale * value);
    expect(largestDifference(scaled ?? new Float32Array(), wanted)).toBeLessThan(1e-6);
  }
});

test('what an adapter holds of the model is refused too', async () => {
  const base = readModelFolder(join(golden, 'models', 'mha-untied'));
  const adapter = join(golden, 'adapters', 'mha-untied-vera-everything');
  const exporting = exportAdapterGguf(join(folder, 'no.gguf'), { base, adapter }, { type: 'f32' });
  await expect(exporting).rejects.toThrow(/of the model itself.*\(--format gguf\)/);
});

test('a DoRA adapter is refused, and told to be merged', async () => {
  const base = readModelFolder(join(golden, 'models', 'gqa-tied'));
  const adapter = join(golden, 'adapters', 'gqa-tied-dora');
  const exporting = exportAdapterGguf(join(folder, 'no.gguf'), { base, adapter }, { type: 'f32' });
  await expect(exporting).rejects.toThrow(/magnitudes.*merged model/);
});

test.each(['trainable_token_indices', 'lora_bias'])('%s is in the merged model', async (field) => {
  const own = ownTables.filter(({ model, config }) => model === 'gqa-tied' && field in config);
  expect(own.length).toBeGreaterThan(1);
  for (const [i, entry] of own.entries()) {
    const base = readModelFolder(withTokenizer('gqa-tied'));
    const [adapter, merged] = [`${field}-${i}`, `${field}-${i}-merged`].map((name) =>
      join(folder, name),
    );
    if (adapter === undefined || merged === undefined) throw new Error('no folders');
    writeOwnTables(adapter, entry);
    const merging = { base, adapter, threads: 1 };
    const options = { dtype: 'f32' as const, shardBytes: 1e9, card: '', onBytes: () => undefined };
    await writeMergedModel(merged, { merging, ...options });
    const whole = { base: readModelFolder(merged), adapter: undefined, threads: 1 };
    await exportModelGguf(`${adapter}.gguf`, merging, { type: 'f32' });
    await exportModelGguf(`${merged}.gguf`, whole, { type: 'f32' });
    const [one, other] = [adapter, merged].map((name) => tensorsOf(readGguf(`${name}.gguf`)));
    expect(one).toEqual(other);
    expect('blk.0.attn_q.bias' in (one ?? {})).toBe('lora_bias' in entry.config);
  }
});

test('biases that llama.cpp does not know of a family are refused', async () => {
  const entry = ownTables.find(({ model, config }) => model === 'qwen3' && 'lora_bias' in config);
  if (entry === undefined) throw new Error('no such adapter');
  const adapter = join(folder, 'qwen3-biases');
  writeOwnTables(adapter, entry);
  const merging = { base: readModelFolder(withTokenizer('qwen3')), adapter, threads: 1 };
  const exporting = exportModelGguf(join(folder, 'no.gguf'), merging, { type: 'f32' });
  await expect(exporting).rejects.toThrow(/"lora_bias".*llama\.cpp does not run for Qwen3/);
});

test('a merged model holds the merged weights', async () => {
  const base = readModelFolder(withTokenizer('gqa-tied'));
  const [plain, merged] = ['plain.gguf', 'merged.gguf'].map((name) => join(folder, name));
  const adapter = join(golden, 'adapters', 'gqa-tied-dora');
  await exportModelGguf(plain ?? '', { base, adapter: undefined, threads: 1 }, { type: 'f32' });
  await exportModelGguf(merged ?? '', { base, adapter, threads: 1 }, { type: 'f32' });
  const [before, after] = [plain, merged].map((file) => tensorsOf(readGguf(file ?? '')));
  const changed = Object.keys(before ?? {}).filter(
    (name) => before?.[name]?.[2] !== after?.[name]?.[2],
  );
  expect(changed).toHaveLength(14);
});

// Adapters that hold parts of the model: logits as PEFT has them, by the engine and merged; what cannot be applied.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readModelFolder } from '../../extension/model/folder';
import { mergedTensors } from '../../extension/trainer/exchange/mergedWeights';
import { openEngine, readAdapter, writeValues } from '../../extension/trainer/openModel';
import { partsOf, savedByParts } from '../../extension/trainer/savedTensors';
import { largestDifference } from './compare';
import { baseOf, golden } from './parityCase';
import { readArrays } from './tensorFile';

const LOGIT = 1e-4;
const tokens = Int32Array.of(3, 14, 15, 9, 26, 5);
const wanted = readArrays(join(golden, 'also_trained.safetensors'));
const modelOf = (name: string) => readModelFolder(join(golden, 'models', baseOf(name)));
const adapterOf = (name: string): string => join(golden, 'adapters', name);

test.each([...wanted])('%s', async (name, logits) => {
  const folder = modelOf(name);
  const { modules: adapters, trainedTensors, values } = await readAdapter(adapterOf(name), folder);
  const engine = await openEngine(folder, { adapters, trainedTensors });
  await writeValues(engine, values);
  expect(largestDifference(await engine.logits(tokens), logits)).toBeLessThan(LOGIT);
  await engine.dispose();

  const merged = await openEngine(folder, { trainedTensors: Object.keys(folder.tensors) });
  for (const tensor of mergedTensors({ base: folder, adapter: adapterOf(name), threads: 1 })
    .tensors) {
    const parts: number[] = [];
    for await (const block of tensor.blocks()) parts.push(...block);
    await merged.write('value', tensor.name, Float32Array.from(parts));
  }
  expect(largestDifference(await merged.logits(tokens), logits)).toBeLessThan(LOGIT);
  await merged.dispose();
});

test('parts become what PEFT configures, and parts again', () => {
  const parts = ['norms', 'biases', 'embeddings', 'head'] as const;
  const tied = savedByParts(parts, modelOf('gqa-tied-x'));
  expect(tied).toMatchObject({ bias: 'all', tied: true });
  expect(tied.modules.slice(0, 2)).toEqual(['embed_tokens', 'lm_head']);
  for (const model of ['mha-untied-x', 'qwen3-x']) {
    for (const part of parts) {
      const saved = savedByParts([part], modelOf(model));
      if (!saved.tied) expect(partsOf(saved)).toEqual([part]);
    }
  }
  expect(partsOf({ modules: ['input_layernorm'], bias: 'none', tied: false })).toBeUndefined();
});

test.each([
  [
    'gqa-tied-dora-embeddings',
    { ensure_weight_tying: false, modules_to_save: ['embed_tokens'] },
    /has the tensor .*lm_head\.weight/,
  ],
  [
    'mha-untied-lora-everything',
    { modules_to_save: ['o_proj'] },
    /has the tensor .*(embed|lm_head)/,
  ],
  ['mha-untied-lora-everything', { modules_to_save: ['score'] }, /"modules_to_save" is "score"/],
  ['mha-untied-lora-everything', { modules_to_save: ['norm'] }, /has the tensor .*(embed|lm_head)/],
  ['all-biases-lora-biases', { bias: 'none' }, /has the tensor .*bias/],
  ['mistral-window-lora-norms', { modules_to_save: ['norm'] }, /lacks the tensor/],
])('%s with %o is refused by name', async (name, changes, sentence) => {
  const copy = mkdtempSync(join(tmpdir(), 'adapter-lab-also-'));
  try {
    cpSync(adapterOf(name), copy, { recursive: true });
    const file = join(copy, 'adapter_config.json');
    const config = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...config, ...changes }));
    await expect(readAdapter(copy, modelOf(name))).rejects.toThrow(sentence);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});

// config.json: both dialects give one shape, and what cannot be run is refused by field.
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readModelConfig } from '../../../extension/model/config';
import type { JsonObject } from '../../../extension/model/jsonFile';
import { Failure } from '../../../extension/shared/failures';
import { changeConfig, copyOfModel, failureOf, modelPath, readObject } from './modelFixture';

const names = readdirSync(modelPath(''));

test.each(names)('%s is read alike in the dialects of transformers 4 and 5', (name) => {
  const folder = copyOfModel(name);
  const newer = readModelConfig(folder);
  renameSync(join(folder, 'config.transformers4.json'), join(folder, 'config.json'));
  expect(readModelConfig(folder)).toEqual(newer);
});

describe('windows', () => {
  test('Mistral looks through its window in every layer, 4096 when nothing is said', () => {
    const folder = copyOfModel('mistral-window');
    expect(readModelConfig(folder).shape.windows).toEqual([6, 6]);
    changeConfig(folder, { sliding_window: null });
    expect(readModelConfig(folder).shape.windows).toEqual([0, 0]);
    changeConfig(folder, { sliding_window: undefined });
    expect(readModelConfig(folder).shape.windows).toEqual([4096, 4096]);
  });

  test('Qwen needs the switch, and starts at max_window_layers', () => {
    const folder = copyOfModel('qwen2-window');
    expect(readModelConfig(folder).shape.windows).toEqual([0, 5]);
    changeConfig(folder, { layer_types: ['sliding_attention', 'full_attention'] });
    expect(readModelConfig(folder).shape.windows).toEqual([5, 0]);
    changeConfig(folder, { layer_types: undefined, max_window_layers: 0 });
    expect(readModelConfig(folder).shape.windows).toEqual([5, 5]);
    changeConfig(folder, { use_sliding_window: false });
    expect(readModelConfig(folder).shape.windows).toEqual([0, 0]);
  });

  test('Llama has none, whatever its config says', () => {
    const folder = copyOfModel('gqa-tied');
    changeConfig(folder, { sliding_window: 5 });
    expect(readModelConfig(folder).shape.windows).toEqual([0, 0]);
  });
});

test('rope frequencies are those of transformers, to the bit', () => {
  // LlamaRotaryEmbedding(config).inv_freq, transformers 5.23, torch 2.15
  expect(readModelConfig(modelPath('llama3-rope')).shape.inverseFrequencies).toEqual([
    0.5760563611984253, 0.008359254337847233, 0.0005590170039795339, 3.738372106454335e-5,
  ]);
  expect(readModelConfig(modelPath('linear-rope')).shape.inverseFrequencies).toEqual([
    0.4000000059604645, 0.03999999910593033, 0.003999999724328518, 0.0004000000189989805,
  ]);
});

test('head_dim may be its own', () => {
  const { shape } = readModelConfig(modelPath('qwen3'));
  expect(shape.headDim * shape.heads).not.toBe(shape.hidden);
});

test('several end tokens', () => {
  const folder = copyOfModel('gqa-tied');
  changeConfig(folder, { eos_token_id: [7, 9] });
  expect(readModelConfig(folder).endTokens).toEqual([7, 9]);
});

describe('refused by field', () => {
  test.each<[string, JsonObject, RegExp]>([
    [
      'architecture',
      { architectures: ['GPT2LMHeadModel'] },
      /"architectures" is "GPT2LMHeadModel"/,
    ],
    ['prototype name', { architectures: ['constructor'] }, /"architectures" is "constructor"/],
    ['no architecture', { architectures: null, model_type: null }, /"architectures" is null/],
    ['model type alone', { architectures: null, model_type: 'gemma' }, /"model_type" is "gemma"/],
    ['contradiction', { model_type: 'mistral' }, /"model_type" must be "llama"/],
    [
      'rope yarn',
      { rope_parameters: { rope_type: 'yarn', factor: 2 } },
      /rope_parameters\.rope_type" is "yarn"/,
    ],
    [
      'rope dynamic',
      { rope_parameters: null, rope_scaling: { type: 'dynamic', factor: 2 } },
      /rope_scaling\.type" is "dynamic"/,
    ],
    ['rope longrope', { rope_parameters: { rope_type: 'longrope' } }, /default, linear and llama3/],
    [
      'rope without factor',
      { rope_parameters: { rope_type: 'linear' } },
      /"rope_parameters\.factor" .*missing/,
    ],
    ['rope is a text', { rope_parameters: 'x' }, /"rope_parameters" must be an object/],
    [
      'partial rope',
      { rope_parameters: { partial_rotary_factor: 0.5 } },
      /partial_rotary_factor" is 0.5/,
    ],
    [
      'quantised',
      { quantization_config: { bits: 4 } },
      /"quantization_config.load_in_4bit" is missing/,
    ],
    ['activation', { hidden_act: 'gelu' }, /"hidden_act" is "gelu"/],
    ['no hidden size', { hidden_size: undefined }, /"hidden_size" .*missing/],
    ['negative', { num_hidden_layers: -2 }, /"num_hidden_layers" must be a whole number .*-2/],
    ['fraction', { vocab_size: 1.5 }, /"vocab_size" .*1\.5/],
    ['zero', { intermediate_size: 0 }, /"intermediate_size" .* 0/],
    ['text for a number', { num_attention_heads: '6' }, /"num_attention_heads" .*"6"/],
    [
      'heads',
      { num_key_value_heads: 4 },
      /"num_key_value_heads" must divide num_attention_heads \(6\)/,
    ],
    [
      'hidden by heads',
      { head_dim: null, num_attention_heads: 5, num_key_value_heads: 5 },
      /must divide hidden_size/,
    ],
    ['odd head', { head_dim: 7 }, /"head_dim" must be even/],
    [
      'odd head by division',
      { head_dim: null, num_attention_heads: 16, num_key_value_heads: 16 },
      /heads of an even size/,
    ],
    ['far too many layers', { num_hidden_layers: 1e9 }, /"num_hidden_layers" must be/],
    ['epsilon', { rms_norm_eps: 0 }, /"rms_norm_eps" must be a number above 0/],
    ['tie', { tie_word_embeddings: 'yes' }, /"tie_word_embeddings" must be true or false/],
    ['end token', { eos_token_id: -1 }, /"eos_token_id" must be a token id/],
  ])('%s', async (_, changes, sentence) => {
    const folder = copyOfModel('gqa-tied');
    changeConfig(folder, changes);
    const failure = await failureOf(() => readModelConfig(folder));
    expect(failure.message).toMatch(sentence);
    expect(failure.message).toContain(join(folder, 'config.json'));
  });

  test.each<[string, RegExp]>([
    ['{\n "a": 1,\n "b" 2\n}', /line 3: colon expected/],
    ['{\n "a": 1,', /line 2: /],
    ['[]', /must hold an object/],
    ['', /line 1: /],
    ['{"a": NaN}', /line 1: /],
  ])('broken JSON %j', async (text, sentence) => {
    const folder = copyOfModel('gqa-tied');
    writeFileSync(join(folder, 'config.json'), text);
    expect((await failureOf(() => readModelConfig(folder))).message).toMatch(sentence);
  });

  test('Latin-1', async () => {
    const folder = copyOfModel('gqa-tied');
    writeFileSync(join(folder, 'config.json'), Buffer.from('{\n"x": "caf\xe9"}', 'latin1'));
    const failure = await failureOf(() => readModelConfig(folder));
    expect(failure.message).toMatch(/line 2: byte 11 is not valid UTF-8/);
  });
});

test('a config changed at random is refused or read', () => {
  const folder = copyOfModel('qwen2-window');
  const original = readObject(join(folder, 'config.json'));
  const keys = [
    ...Object.keys(original),
    'head_dim',
    'rope_theta',
    'rope_scaling',
    'sliding_window',
  ];
  const values = [
    ...[null, 0, -1, 1, 3, 1.5, 1e9, 2 ** 40, 1e308, '', 'x', true, [], [1], {}, { a: 1 }],
    ...[
      { rope_type: 'linear', factor: 1e-320 },
      { rope_theta: 1e-45 },
      ['sliding_attention'],
      [[]],
    ],
  ];
  for (let round = 0; round < 1000; round += 1) {
    const key = keys[round % keys.length] ?? '';
    const second = keys[(round * 7) % keys.length] ?? '';
    const value = values[Math.floor(round / keys.length) % values.length];
    const changed = { ...original, [key]: value, [second]: values[(round * 13) % values.length] };
    writeFileSync(join(folder, 'config.json'), JSON.stringify(changed));
    try {
      const { shape } = readModelConfig(folder);
      expect(shape.inverseFrequencies.every(Number.isFinite)).toBe(true);
      expect(shape.heads % shape.kvHeads).toBe(0);
      expect(shape.windows).toHaveLength(shape.layers);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }
});

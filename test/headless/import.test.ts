// adapter-lab import: what was made elsewhere is compared with its base, and what cannot be applied is refused by name.
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeSafetensors, type Tensor } from './tinyModel';
import { goldenFolder, Workspace } from './workspace';
import { readArrays } from '../golden/tensorFile';

let workspace: Workspace;
const base = join(goldenFolder, 'models', 'gqa-tied');
const lora = join(goldenFolder, 'adapters', 'gqa-tied-lora');
beforeAll(() => {
  workspace = new Workspace();
});
afterAll(() => {
  workspace.remove();
});

describe('import', () => {
  test('tells what an adapter is, and copies it with its base', async () => {
    const told = await workspace.json<object>('import', lora, 'adapters/mine', '--base', base);
    expect(told.code).toBe(0);
    expect(told.json).toMatchObject({
      ...{ adapter: workspace.path('adapters/mine'), base, method: 'lora', ranks: [3] },
      ...{ modules: 14, layers: 2 },
    });
    const files = ['adapter_config.json', 'adapter_model.safetensors'];
    expect(readdirSync(workspace.path('adapters/mine')).sort()).toEqual(files);
    const config = JSON.parse(
      readFileSync(workspace.path('adapters/mine/adapter_config.json'), 'utf8'),
    ) as Record<string, unknown>;
    expect(config.base_model_name_or_path).toBe(base);
    expect(config.r).toBe(3);
    const again = await workspace.cli('import', 'adapters/mine');
    expect(again.stdout).toMatch(/^method {3}lora$/m);
    expect(again.stdout).toContain('Every tensor fits the base.');
  });

  test('asks for the base of an adapter that does not say where it is', async () => {
    const { code, stderr } = await workspace.cli('import', lora, 'nowhere');
    expect(code).toBe(2);
    expect(stderr).toMatch(/--base BASE/);
  });
});

type Change = (parts: { config: Record<string, unknown>; tensors: Map<string, Tensor> }) => void;

const prefix = 'base_model.model.model.layers';
const q = `${prefix}.0.self_attn.q_proj`;
const setting =
  (name: string, value: unknown): Change =>
  ({ config }) => {
    config[name] = value;
  };

const changes: [what: string, change: Change, told: RegExp][] = [
  ['another method', setting('peft_type', 'IA3'), /"peft_type" is "IA3"/],
  ['no method', setting('peft_type', undefined), /"peft_type"/],
  ['biases', setting('bias', 'some'), /"bias" must be none, all or lora_only/],
  ['a bias of B that is not there', setting('lora_bias', true), /lacks the tensor .*lora_B\.bias/],
  [
    'a bias beside magnitudes',
    ({ config }) => {
      Object.assign(config, { lora_bias: true, use_dora: true });
    },
    /"lora_bias" is true.*use_dora/,
  ],
  [
    'excluded modules that have tensors',
    setting('exclude_modules', ['q_proj']),
    /q_proj\.lora_A\.weight.*no module of this adapter/,
  ],
  [
    'an expression that is none',
    setting('exclude_modules', '('),
    /"exclude_modules" is "\(", .* no regular expression/,
  ],
  ['another task', setting('task_type', 'SEQ_CLS'), /"task_type" is "SEQ_CLS".*CAUSAL_LM/],
  ['replicated layers', setting('layer_replication', [[0, 1]]), /"layer_replication" is a list/],
  [
    'rows of tokens that are not there',
    setting('trainable_token_indices', [1]),
    /lacks the tensor .*embed_tokens\.token_adapter\.trainable_tokens_delta/,
  ],
  [
    'rows of tokens twice',
    setting('trainable_token_indices', [1, 1]),
    /"trainable_token_indices" must be lists of token numbers, each once/,
  ],
  [
    'rows of tokens beyond the table',
    setting('trainable_token_indices', { lm_head: [99999] }),
    /"trainable_token_indices" is an object.*token 99999 is not one of the model's/,
  ],
  [
    'rows of another table',
    setting('trainable_token_indices', { wte: [1] }),
    /"trainable_token_indices" is an object.*"wte" is neither embed_tokens nor lm_head/,
  ],
  [
    'rows of a table that is saved whole',
    ({ config }) => {
      Object.assign(config, { trainable_token_indices: [1], modules_to_save: ['lm_head'] });
    },
    /"trainable_token_indices" is an object.*changes lm_head in another way too/,
  ],
  [
    'other rows of tables that stay tied',
    ({ config }) => {
      const tokens = { embed_tokens: [1], lm_head: [2] };
      Object.assign(config, { trainable_token_indices: tokens, ensure_weight_tying: true });
    },
    /"trainable_token_indices" is an object.*"ensure_weight_tying" wants the same tokens/,
  ],
  ['parameters', setting('target_parameters', ['a']), /"target_parameters" is a list/],
  ['changed base weights', setting('init_lora_weights', 'pissa'), /"init_lora_weights" is "pissa"/],
  ['LoftQ', setting('init_lora_weights', 'loftq'), /"init_lora_weights" is "loftq"/],
  ['aLoRA', setting('alora_invocation_tokens', [1]), /"alora_invocation_tokens" is a list/],
  ['QALoRA', setting('use_qalora', true), /"use_qalora" is true/],
  ['Arrow', setting('arrow_config', {}), /"arrow_config" is an object/],
  ['a rank of none', setting('r', 0), /"r" must be a whole number/],
  ['an alpha below zero', setting('lora_alpha', -1), /"lora_alpha" must be a number above 0/],
  [
    'an unknown module',
    setting('target_modules', ['c_attn']),
    /"target_modules" is a list.*fits no/,
  ],
  [
    'a layer that is not there',
    setting('layers_to_transform', [7]),
    /"target_modules" is a list.*fits no module/,
  ],
  [
    'layers beside a pattern',
    ({ config }) => {
      Object.assign(config, { target_modules: '.*proj', layers_to_transform: [0] });
    },
    /"layers_to_transform" is a list.*beside a list/,
  ],
  [
    'two alphas for one module',
    setting('alpha_pattern', { q_proj: 3, 'self_attn.q_proj': 4 }),
    /q_proj.*self_attn\.q_proj/,
  ],
  [
    'a missing tensor',
    ({ tensors }) => {
      tensors.delete(`${q}.lora_B.weight`);
    },
    /lacks the tensor .*layers\.0\.self_attn\.q_proj\.lora_B\.weight that/,
  ],
  [
    'an unexpected tensor',
    ({ tensors }) => {
      tensors.set('base_model.model.lm_head.lora_A.weight', matrix([3, 48]));
    },
    /lm_head\.lora_A\.weight.*no module/,
  ],
  [
    'magnitudes without use_dora',
    ({ tensors }) => {
      tensors.set(`${q}.lora_magnitude_vector`, matrix([48]));
    },
    /lora_magnitude_vector.*"use_dora" is false/,
  ],
  [
    'use_dora without magnitudes',
    setting('use_dora', true),
    /lacks the tensor .*lora_magnitude_vector/,
  ],
  [
    'another shape',
    ({ tensors }) => {
      tensors.set(`${q}.lora_A.weight`, matrix([4, 48]));
    },
    /q_proj\.lora_A\.weight has the shape \[4, 48\], but .* \[3, 48\]/,
  ],
  [
    'a value that is no number',
    ({ tensors }) => {
      const values = tensors.get(`${q}.lora_A.weight`)?.values;
      if (values !== undefined) values[5] = NaN;
    },
    /q_proj\.lora_A\.weight has NaN at position 5/,
  ],
];

function matrix(shape: number[]): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { shape, values: new Float32Array(count) };
}

/** A copy of the golden adapter with something wrong in it. */
function spoilt(name: string, change: Change): string {
  const folder = workspace.path(name);
  cpSync(lora, folder, { recursive: true });
  const configFile = join(folder, 'adapter_config.json');
  const tensorFile = join(folder, 'adapter_model.safetensors');
  const config = JSON.parse(readFileSync(configFile, 'utf8')) as Record<string, unknown>;
  const tensors = new Map<string, Tensor>();
  for (const [key, values] of readArrays(tensorFile)) {
    const rank = 3;
    const shape = key.includes('lora_A')
      ? [rank, values.length / rank]
      : [values.length / rank, rank];
    tensors.set(key, { shape, values });
  }
  change({ config, tensors });
  writeFileSync(configFile, JSON.stringify(config));
  writeFileSync(tensorFile, encodeSafetensors(tensors));
  return folder;
}

test('what fits no module of the base changes nothing, as in PEFT', async () => {
  const folder = spoilt('more', ({ config }) => {
    const targets = config.target_modules as string[];
    Object.assign(config, {
      ...{ target_modules: [...targets, 'c_attn'], rank_pattern: { foo: 2 } },
      ...{ exclude_modules: ['lm_head'], layers_to_transform: [0, 1, 7], fan_in_fan_out: true },
    });
  });
  const { code, json } = await workspace.json<object>('import', folder, '--base', base);
  expect(code).toBe(0);
  expect(json).toMatchObject({ modules: 14, ranks: [3] });
});

describe('a VeRA adapter', () => {
  const vera = join(goldenFolder, 'adapters', 'gqa-tied-vera');

  test('is told as what it is, and becomes LoRA', async () => {
    const { code, json } = await workspace.json<object>('import', vera, '--base', base);
    expect(code).toBe(0);
    expect(json).toMatchObject({ method: 'vera' });
    const converted = await workspace.cli('convert', vera, 'of-vera', '--base', base);
    expect(converted.code).toBe(0);
    const again = await workspace.json<object>('import', 'of-vera', '--base', base);
    expect(again.json).toMatchObject({ method: 'lora' });
  });

  test.each([
    [
      'without the projection that it says it has',
      'base_model.vera_A',
      /lacks the tensor base_model\.vera_A/,
    ],
    ['without a vector', 'vera_lambda_d', /lacks the tensor .*vera_lambda_d/],
  ])('is refused %s', async (what, missing, told) => {
    const folder = workspace.path(what.replaceAll(' ', '-'));
    cpSync(vera, folder, { recursive: true });
    const file = join(folder, 'adapter_model.safetensors');
    const kept = [...readArrays(file)].filter(([key]) => !key.includes(missing));
    const shapes = shapesOf(file);
    const tensors = kept.map(([key, values]): [string, Tensor] => {
      return [key, { shape: shapes.get(key) ?? [], values }];
    });
    writeFileSync(file, encodeSafetensors(new Map(tensors)));
    const { code, stderr } = await workspace.cli('import', folder, '--base', base);
    expect(code).toBe(2);
    expect(stderr).toMatch(told);
  });
});

function shapesOf(file: string): Map<string, number[]> {
  const bytes = readFileSync(file);
  const text = bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE(0)));
  const header = JSON.parse(text) as Record<string, { shape: number[] }>;
  return new Map(Object.entries(header).map(([key, { shape }]) => [key, shape]));
}

describe('an adapter is refused in one sentence for', () => {
  test.each(changes)('%s', async (what, change, told) => {
    const folder = spoilt(what.replaceAll(' ', '-'), change);
    const { code, stderr, stdout } = await workspace.cli('import', folder, 'no', '--base', base);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(told);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(readdirSync(workspace.folder)).not.toContain('no');
  });

  test('the form that pickles weights', async () => {
    const folder = workspace.path('pickled');
    cpSync(lora, folder, { recursive: true });
    cpSync(join(folder, 'adapter_model.safetensors'), join(folder, 'adapter_model.bin'));
    rmSync(join(folder, 'adapter_model.safetensors'));
    const { code, stderr } = await workspace.cli('import', folder, '--base', base);
    expect(code).toBe(2);
    expect(stderr).toMatch(/adapter_model\.bin.*safetensors/);
  });
});

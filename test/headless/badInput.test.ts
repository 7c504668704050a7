// Input that must be refused before training: exit code 2, one sentence that names the file, line, tensor or
// setting, nothing created, and runs that exist left as they are.
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  encodeHeader,
  encodeSafetensors,
  tinyTensors,
  writeConfig,
  type Tensor,
} from './tinyModel';
import { records, tinyExperiment, Workspace } from './workspace';

interface Refused {
  error: { code: string; message: string };
}

interface BadInput {
  name: string;
  /** Makes it bad. */
  spoil: (workspace: Workspace) => void;
  /** What the sentence must name. */
  names: (string | RegExp)[];
}

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
  mkdirSync(workspace.path('runs'));
  writeFileSync(workspace.path('runs', 'kept.txt'), 'kept');
});
afterEach(() => {
  workspace.remove();
});

function expectOneSentence(message: string): void {
  expect(message).toMatch(/[.?]$/);
  expect(message).not.toContain('\n');
  expect(message).not.toMatch(/internal|undefined|\[object|itself failed/);
}

async function expectRefused(parameters: string[], names: (string | RegExp)[]): Promise<void> {
  const before = readdirSync(workspace.folder).sort();
  const { code, json, stderr } = await workspace.json<Refused>(...parameters);
  const { message } = json.error;
  for (const name of names) expect(message).toMatch(name);
  expect(code, message).toBe(2);
  expectOneSentence(message);
  expect(stderr).toBe(`adapter-lab: ${message}\n`);
  expect(readdirSync(workspace.folder).sort()).toEqual(before);
  expect(readdirSync(workspace.path('runs'))).toEqual(['kept.txt']);
}

function describeTable(title: string, table: BadInput[]): void {
  describe(title, () => {
    test.each(table)('$name', async ({ spoil, names }) => {
      spoil(workspace);
      await expectRefused(['train', 'tiny.experiment.json'], names);
    });
  });
}

/** `changes` replace settings of one section. */
function section(name: string, changes: object): (workspace: Workspace) => void {
  return (one) => {
    one.writeExperiment({ [name]: { ...(tinyExperiment()[name] as object), ...changes } });
  };
}

function top(changes: object): (workspace: Workspace) => void {
  return (one) => {
    one.writeExperiment(changes);
  };
}

describeTable('settings', [
  { name: 'a misspelt section', spoil: top({ modle: 'model' }), names: ['modle', 'model', 'line'] },
  {
    name: 'a misspelt setting',
    spoil: section('training', { learningrate: 1e-3 }),
    names: ['training.learningrate', 'training.learningRate', /line \d+/],
  },
  {
    name: 'an unknown setting',
    spoil: section('adapter', { zzzzzz: 1 }),
    names: ['adapter.zzzzzz', /line \d+/],
  },
  {
    name: 'a wrong type',
    spoil: section('training', { batchSize: 'four' }),
    names: ['training.batchSize', 'four', /line \d+/],
  },
  {
    name: 'an unknown method',
    spoil: top({ method: 'loar' }),
    names: ['"method"', 'loar', 'lora'],
  },
  {
    name: 'a method of a later version',
    spoil: top({ method: 'vera' }),
    names: ['vera', 'lora', 'dora'],
  },
  { name: 'rank 0', spoil: section('adapter', { rank: 0 }), names: ['adapter.rank', '0'] },
  {
    name: 'a rank above the smaller dimension',
    spoil: section('adapter', { rank: 17 }),
    names: ['17', '16', 'k_proj', /line \d+/],
  },
  {
    name: 'a target that does not exist',
    spoil: section('adapter', { targets: ['q_proj', 'qq_proj'] }),
    names: ['qq_proj', 'q_proj', /line \d+/],
  },
  {
    name: 'a rank pattern for a module not targeted',
    spoil: section('adapter', { rankPattern: { o_proj: 2 } }),
    names: ['adapter.rankPattern', 'o_proj'],
  },
  {
    name: 'two settings that conflict',
    spoil: section('training', { epochs: 2 }),
    names: ['training.epochs', 'training.steps'],
  },
  {
    name: 'a template without a placeholder',
    spoil: section('data', { template: 'no place here' }),
    names: ['template', 'placeholder'],
  },
  {
    name: 'a broken experiment',
    spoil: (one) => {
      writeFileSync(one.path('tiny.experiment.json'), '{\n  "name": "tiny",\n  "model" "x"\n}');
    },
    names: ['tiny.experiment.json', 'line 3'],
  },
  {
    name: 'an experiment that is not there',
    spoil: (one) => {
      rmSync(one.path('tiny.experiment.json'));
    },
    names: ['tiny.experiment.json'],
  },
  {
    name: 'a grid in which one run is wrong',
    spoil: top({ grid: { 'adapter.rank': [2, 99] } }),
    names: ['99'],
  },
  {
    name: 'a grid of a setting that does not exist',
    spoil: top({ grid: { 'adapter.rnak': [2] } }),
    names: ['adapter.rnak', 'adapter.rank'],
  },
  {
    name: 'an unknown task',
    spoil: section('evaluation', { tasks: ['partiy'] }),
    names: ['partiy', 'parity'],
  },
]);

describeTable('model', [
  { name: 'a missing folder', spoil: top({ model: 'nowhere' }), names: ['nowhere'] },
  {
    name: 'a missing config',
    spoil: (one) => {
      rmSync(one.path('model/config.json'));
    },
    names: ['config.json'],
  },
  {
    name: 'a broken config',
    spoil: (one) => {
      writeFileSync(one.path('model/config.json'), '{\n"hidden_size": 32,,\n}');
    },
    names: ['config.json', 'line 2'],
  },
  {
    name: 'an unsupported architecture',
    spoil: (one) => {
      writeConfig(one.path('model'), { architectures: ['GPT2LMHeadModel'], model_type: 'gpt2' });
    },
    names: ['config.json', 'GPT2LMHeadModel'],
  },
  {
    name: 'an unsupported rope type',
    spoil: (one) => {
      writeConfig(one.path('model'), { rope_scaling: { rope_type: 'yarn', factor: 2 } });
    },
    names: ['config.json', 'yarn'],
  },
  {
    name: 'truncated weights',
    spoil: (one) => {
      truncateSync(one.path('model/model.safetensors'), 50_000);
    },
    names: ['model.safetensors'],
  },
  {
    name: 'a truncated header',
    spoil: (one) => {
      truncateSync(one.path('model/model.safetensors'), 6);
    },
    names: ['model.safetensors'],
  },
  {
    name: 'overlapping offsets',
    spoil: (one) => {
      spoilHeader(one, (header) => {
        const norm = header['model.norm.weight'];
        if (norm) norm.data_offsets = [0, 128];
      });
    },
    names: ['model.safetensors'],
  },
  {
    name: 'overflowing offsets',
    spoil: (one) => {
      spoilHeader(one, (header) => {
        const norm = header['model.norm.weight'];
        if (norm) norm.data_offsets = [2 ** 60, 2 ** 60 + 128];
      });
    },
    names: ['model.safetensors', 'model.norm.weight'],
  },
  {
    name: 'an unknown dtype',
    spoil: (one) => {
      spoilHeader(one, (header) => {
        const norm = header['model.norm.weight'];
        if (norm) norm.dtype = 'Q4_0';
      });
    },
    names: ['model.norm.weight', 'Q4_0'],
  },
  {
    name: 'a wrong shape',
    spoil: (one) => {
      writeWeights(one, (tensors) => {
        tensors.set('model.norm.weight', { shape: [31], values: new Float32Array(31) });
      });
    },
    names: ['model.norm.weight', '31', '32'],
  },
  {
    name: 'a missing tensor',
    spoil: (one) => {
      writeWeights(one, (tensors) => tensors.delete('model.layers.1.mlp.up_proj.weight'));
    },
    names: ['model.layers.1.mlp.up_proj.weight'],
  },
  {
    name: 'a missing shard',
    spoil: (one) => {
      renameSync(one.path('model/model.safetensors'), one.path('model/model-00001.safetensors'));
      const names = [...tinyTensors().keys()];
      const shard = (name: string): string =>
        name === 'model.norm.weight' ? 'model-00002.safetensors' : 'model-00001.safetensors';
      one.writeJson('model/model.safetensors.index.json', {
        weight_map: Object.fromEntries(names.map((name) => [name, shard(name)])),
      });
    },
    names: ['model-00002.safetensors'],
  },
]);

describeTable('tokenizer', [
  {
    name: 'a missing one',
    spoil: (one) => {
      rmSync(one.path('model/tokenizer.json'));
    },
    names: ['tokenizer.json'],
  },
  {
    name: 'a truncated one',
    spoil: (one) => {
      truncateSync(one.path('model/tokenizer.json'), 400);
    },
    names: ['tokenizer.json'],
  },
  {
    name: 'one that is larger than the embedding',
    spoil: (one) => {
      const file = one.path('model/tokenizer.json');
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll('257', '260'));
    },
    names: ['tokenizer.json', '</s>', '260'],
  },
]);

describeTable('data', [
  {
    name: 'a missing file',
    spoil: section('data', { train: ['data/none.json'] }),
    names: ['none.json'],
  },
  { name: 'an unknown kind', spoil: section('data', { train: ['data/x.txt'] }), names: ['x.txt'] },
  { name: 'an empty file', spoil: data('train.jsonl', ''), names: ['train.jsonl'] },
  { name: 'an empty list', spoil: data('train2.json', '[]'), names: ['train2.json'] },
  {
    name: 'a broken line',
    spoil: data('train.jsonl', `${line(0)}\n${line(1)}\n{"instruction": \n${line(2)}\n`),
    names: ['train.jsonl', 'line 3'],
  },
  {
    name: 'a record without the column',
    spoil: data('train.jsonl', `${line(0)}\n{"instruction": "x"}\n`),
    names: ['train.jsonl', 'record 2', 'output'],
  },
  {
    name: 'a column that is not there',
    spoil: section('data', { columns: { instruction: 'question' } }),
    names: ['train.json', 'record 1', 'question'],
  },
  {
    name: 'a field that is no text',
    spoil: data('train.jsonl', `${line(0)}\n{"instruction": "x", "output": 7}\n`),
    names: ['train.jsonl', 'record 2', 'output', '7'],
  },
  {
    name: 'invalid UTF-8',
    spoil: (one) => {
      data('train.jsonl', `${line(0)}\n`)(one);
      appendFileSync(one.path('data/train.jsonl'), Buffer.from([0x7b, 0xff, 0xfe, 0x7d, 0x0a]));
    },
    names: ['train.jsonl', 'UTF-8', 'line 2'],
  },
  {
    name: 'a broken CSV',
    spoil: data('train.csv', 'instruction,output\na,b\nc,"d\n'),
    names: ['train.csv', 'line'],
  },
  {
    name: 'records that are all too long',
    spoil: section('data', { maxLength: 5 }),
    names: ['maxLength', '5', '24'],
  },
]);

describeTable('an adapter to continue from', [
  {
    name: 'that is missing',
    spoil: section('adapter', { initialAdapter: 'nowhere' }),
    names: ['nowhere'],
  },
  {
    name: 'of another base',
    spoil: initialAdapter(({ tensors }) => {
      for (const tensor of tensors.values()) tensor.shape = tensor.shape.map((size) => size + 1);
      for (const tensor of tensors.values()) tensor.values = new Float32Array(sizeOf(tensor));
    }),
    names: ['adapter_model.safetensors', 'q_proj'],
  },
  {
    name: 'of another rank than the experiment',
    spoil: (one) => {
      initialAdapter(() => undefined)(one);
      const initial = { ...adapterSettings, rank: 8 };
      one.writeExperiment({ method: 'lora', adapter: initial });
    },
    names: ['adapter.rank', '8', '2'],
  },
  {
    name: 'with a missing key',
    spoil: initialAdapter(({ tensors }) => {
      tensors.delete('base_model.model.model.layers.1.self_attn.q_proj.lora_B.weight');
    }),
    names: ['layers.1.self_attn.q_proj.lora_B.weight'],
  },
  {
    name: 'with an unexpected key',
    spoil: initialAdapter(({ tensors }) => {
      const tensor = { shape: [2], values: new Float32Array(2) };
      tensors.set('base_model.model.lm_head.lora_A.weight', tensor);
    }),
    names: ['lm_head.lora_A.weight'],
  },
  {
    name: 'with a value that is no number',
    spoil: initialAdapter(({ tensors }) => {
      const tensor = tensors.get('base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight');
      if (tensor) tensor.values[3] = NaN;
    }),
    names: ['layers.0.self_attn.q_proj.lora_A.weight', 'NaN'],
  },
  {
    name: 'of a kind that is not known',
    spoil: initialAdapter(({ config }) => {
      config.peft_type = 'IA3';
    }),
    names: ['adapter_config.json', 'peft_type', 'IA3'],
  },
]);

describe('the command line', () => {
  const refused: [string[], string][] = [
    [['train'], 'file'],
    [['trian', 'x'], 'train'],
    [['train', 'tiny.experiment.json', '--sett', 'a=b'], '--sett'],
    [['train', 'tiny.experiment.json', '--set', 'training.steps'], 'training.steps'],
    [['train', 'tiny.experiment.json', '--set', 'training.stesp=3'], 'training.steps'],
    [['generate', 'model'], '--prompt'],
    [['generate', 'model', '--prompt', 'x', '--beams', '0'], '--beams'],
    [['generate', 'nowhere', '--prompt', 'x'], 'nowhere'],
    [['loss', 'model', '--data', 'none.json'], 'none.json'],
    [['loss', 'model', '--data', 'data/train.json', '--format', 'txt'], '--format'],
    [['loss', 'model', '--data', 'data/train.json', '--adapter', 'none'], 'none'],
    [['evaluate', 'model', '--tasks', 'none', '--data', 'data'], 'none'],
    [['evaluate', 'model', '--tasks', 'boolq', '--data', 'data'], 'boolq'],
    [['slopes', 'model', 'none'], 'none'],
    [['merge', 'model', 'data', 'merged'], 'adapter_config.json'],
    [['resume', 'runs'], 'runs'],
    [['runs', 'nowhere'], 'nowhere'],
  ];
  test.each(refused)('%s', async (parameters, name) => {
    await expectRefused(parameters, [name]);
  });
});

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

function spoilHeader(
  one: Workspace,
  change: (header: Record<string, HeaderEntry | undefined>) => void,
): void {
  const file = one.path('model/model.safetensors');
  const bytes = readFileSync(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, HeaderEntry>;
  change(header);
  writeFileSync(file, Buffer.concat([encodeHeader(header), bytes.subarray(8 + length)]));
}

function writeWeights(one: Workspace, change: (tensors: Map<string, Tensor>) => void): void {
  const tensors = tinyTensors();
  change(tensors);
  writeFileSync(one.path('model/model.safetensors'), encodeSafetensors(tensors));
}

/** Trains on a file of this content. */
function data(name: string, content: string): (workspace: Workspace) => void {
  return (one) => {
    writeFileSync(one.path('data', name), content);
    section('data', { train: [`data/${name}`] })(one);
  };
}

function line(index: number): string {
  return JSON.stringify(records(3)[index]);
}

const adapterSettings = { initialAdapter: 'before' };

interface SavedAdapter {
  config: Record<string, unknown>;
  tensors: Map<string, Tensor>;
}

/** A LoRA adapter of rank 2 on q_proj, spoilt. */
function initialAdapter(change: (adapter: SavedAdapter) => void): (workspace: Workspace) => void {
  return (one) => {
    const tensors = new Map<string, Tensor>();
    for (const layer of [0, 1]) {
      const module = `base_model.model.model.layers.${layer}.self_attn.q_proj`;
      for (const [part, shape] of [
        ['lora_A', [2, 32]],
        ['lora_B', [32, 2]],
      ] as const) {
        const values = new Float32Array(64).fill(0.01);
        tensors.set(`${module}.${part}.weight`, { shape: [...shape], values });
      }
    }
    const config = { peft_type: 'LORA', r: 2, lora_alpha: 4, target_modules: ['q_proj'] };
    const adapter: SavedAdapter = { config, tensors };
    change(adapter);
    mkdirSync(one.path('before'));
    one.writeJson('before/adapter_config.json', adapter.config);
    const file = join(one.path('before'), 'adapter_model.safetensors');
    writeFileSync(file, encodeSafetensors(adapter.tensors));
    one.writeExperiment({ method: 'lora', adapter: adapterSettings });
  };
}

function sizeOf({ shape }: Tensor): number {
  return shape.reduce((product, size) => product * size, 1);
}

// Models and tokenizers that cannot be read are refused before training.
import { readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import {
  encodeHeader,
  encodeSafetensors,
  tinyTensors,
  writeConfig,
  type Tensor,
} from '../tinyModel';
import { type Workspace } from '../workspace';
import { describeTable, top, useWorkspace } from './badInput';

useWorkspace();

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

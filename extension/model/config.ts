// config.json of the LLaMA family, in the dialects of transformers 4 and 5, checked before anything is allocated.
import { join } from 'node:path';
import type { ModelShape } from '../shared/engineTypes';
import { Failure } from '../shared/failures';
import { Fields } from './fields';
import { readJsonObject } from './jsonFile';
import { checkQuantization } from './quantizedWeights';
import { checkFrequencies, inverseFrequencies } from './rope';
import { windowsOfLayers } from './windows';

export type ModelFamily = 'llama' | 'mistral' | 'qwen2' | 'qwen3';

export interface ModelConfig {
  file: string;
  family: ModelFamily;
  /** E.g. LlamaForCausalLM. */
  architecture: string;
  shape: ModelShape;
  /** Which linear modules have a bias. */
  biases: { queryKeyValue: boolean; attentionOutput: boolean; feedForward: boolean };
  /** Qwen3 normalises each head's query and key. */
  headNorms: boolean;
  /** Matrices are in 4-bit NormalFloat, by bitsandbytes. */
  isQuantized: boolean;
  /** Longest text that the model was made for, in tokens. */
  contextLength: number;
  /** From config.json; generation_config.json may name others. */
  endTokens: number[];
}

const families: Record<string, ModelFamily> = {
  LlamaForCausalLM: 'llama',
  MistralForCausalLM: 'mistral',
  Qwen2ForCausalLM: 'qwen2',
  Qwen3ForCausalLM: 'qwen3',
};

/** What transformers assumes where config.json says nothing. */
const defaults: Record<ModelFamily, { kvHeads?: number; headDim?: number }> = {
  llama: {},
  mistral: { kvHeads: 8 },
  qwen2: { kvHeads: 32 },
  qwen3: { kvHeads: 32, headDim: 128 },
};

/** Far above any model: they keep a broken file from asking for memory. */
const mostLayers = 10_000;
const mostHeadDim = 65_536;

export function readModelConfig(folder: string): ModelConfig {
  return readModelConfigFile(join(folder, 'config.json'));
}

export function readModelConfigFile(file: string): ModelConfig {
  const fields = new Fields(file, readJsonObject(file, 'the configuration of the model'));
  const { family, architecture } = familyOf(fields);
  refuseOtherMaths(fields);
  const hasBiasSetting = family === 'llama' || family === 'qwen3';
  const bias = hasBiasSetting && fields.flag('attention_bias', false);
  const feedForward = family === 'llama' && fields.flag('mlp_bias', false);
  return {
    file,
    family,
    architecture,
    shape: shapeOf(fields, family),
    biases: { queryKeyValue: bias || family === 'qwen2', attentionOutput: bias, feedForward },
    headNorms: family === 'qwen3',
    isQuantized: checkQuantization(fields),
    contextLength: fields.count('max_position_embeddings', 2048),
    endTokens: readTokenIds(fields, 'eos_token_id'),
  };
}

function familyOf(fields: Fields): { family: ModelFamily; architecture: string } {
  const supported = `Adapter Lab runs ${Object.keys(families).join(', ')}`;
  const named = fields.texts('architectures');
  const type = fields.has('model_type') ? fields.text('model_type') : undefined;
  const architecture = named?.[0] ?? architectureOfType(type);
  if (architecture === undefined) {
    const field = type === undefined ? 'architectures' : 'model_type';
    throw fields.unsupported(field, supported);
  }
  const family = Object.hasOwn(families, architecture) ? families[architecture] : undefined;
  if (family === undefined) {
    throw new Failure('config-unsupported', {
      file: fields.file,
      field: 'architectures',
      value: JSON.stringify(architecture),
      supported,
    });
  }
  if (type !== undefined && type !== family) {
    throw fields.refused('model_type', `must be "${family}" as architectures is ${architecture}`);
  }
  return { family, architecture };
}

function architectureOfType(type: string | undefined): string | undefined {
  return Object.keys(families).find((architecture) => families[architecture] === type);
}

/** Settings under which the weights mean something that the engine does not compute. */
function refuseOtherMaths(fields: Fields): void {
  const activation = fields.text('hidden_act', 'silu');
  if (activation !== 'silu' && activation !== 'swish') {
    throw fields.unsupported('hidden_act', 'Adapter Lab runs silu');
  }
}

function shapeOf(fields: Fields, family: ModelFamily): ModelShape {
  const hidden = fields.count('hidden_size');
  const layers = fields.count('num_hidden_layers', undefined, { most: mostLayers });
  const heads = fields.count('num_attention_heads');
  const kvHeads = fields.count('num_key_value_heads', defaults[family].kvHeads ?? heads);
  if (heads % kvHeads !== 0) {
    throw fields.refused('num_key_value_heads', `must divide num_attention_heads (${heads})`);
  }
  const headDim = headDimOf(fields, family, { hidden, heads });
  return {
    layers,
    hidden,
    heads,
    kvHeads,
    headDim,
    intermediate: fields.count('intermediate_size'),
    vocabulary: fields.count('vocab_size'),
    normEpsilon: fields.positive('rms_norm_eps', 1e-6),
    tiedHead: fields.flag('tie_word_embeddings', false),
    inverseFrequencies: checkFrequencies(inverseFrequencies(fields, headDim), fields),
    windows: windowsOfLayers(fields, family, layers),
  };
}

function headDimOf(
  fields: Fields,
  family: ModelFamily,
  { hidden, heads }: { hidden: number; heads: number },
): number {
  const own = fields.has('head_dim') || defaults[family].headDim !== undefined;
  if (!own && hidden % heads !== 0) {
    throw fields.refused('num_attention_heads', `must divide hidden_size (${hidden})`);
  }
  const most = mostHeadDim;
  const headDim = own
    ? fields.count('head_dim', defaults[family].headDim, { most })
    : hidden / heads;
  if (headDim % 2 !== 0 || headDim > most) {
    if (own) throw fields.refused('head_dim', 'must be even');
    throw fields.refused('num_attention_heads', `must give heads of an even size up to ${most}`);
  }
  return headDim;
}

/** One token id, a list of them, or none. */
export function readTokenIds(fields: Fields, name: string): number[] {
  if (!fields.has(name)) return [];
  const value = fields.raw(name);
  const ids: unknown[] = Array.isArray(value) ? value : [value];
  return ids.map((id) => {
    if (typeof id === 'number' && Number.isSafeInteger(id) && id >= 0) return id;
    throw fields.refused(name, 'must be a token id or a list of them');
  });
}

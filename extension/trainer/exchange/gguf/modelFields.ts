// A model's configuration as llama.cpp reads it.
import { basename } from 'node:path';
import type { ModelConfig, ModelFamily } from '../../../model/config';
import { Fields } from '../../../model/fields';
import type { ModelFolder } from '../../../model/folder';
import { readJsonObject } from '../../../model/jsonFile';
import { plainFrequencies, ropeSettings, type RopeSettings } from '../../../model/rope';
import { Failure } from '../../../shared/failures';
import { ggmlTypes, type GgmlType } from './ggmlTypes';
import type { GgufField } from './ggufFile';

/** llama.cpp runs Mistral's models as Llama's. */
const architectures: Readonly<Record<ModelFamily, string>> = {
  ...{ llama: 'llama', mistral: 'llama', qwen2: 'qwen2', qwen3: 'qwen3' },
};
/** Of the blocks of quantised types. */
const quantizationVersion = 2;

export function generalFields(
  { config, path }: ModelFolder,
  kind: 'model' | 'adapter',
  type: GgmlType,
): GgufField[] {
  return [
    { key: 'general.architecture', type: 'text', value: architectures[config.family] },
    { key: 'general.type', type: 'text', value: kind },
    { key: 'general.name', type: 'text', value: basename(path) },
    { key: 'general.file_type', type: 'u32', value: ggmlTypes[type].fileType },
    { key: 'general.quantization_version', type: 'u32', value: quantizationVersion },
  ];
}

export function modelFields({ config }: ModelFolder): GgufField[] {
  const { shape, family, file } = config;
  const count = (name: string, value: number): GgufField => {
    return { key: `${architectures[family]}.${name}`, type: 'u32', value };
  };
  const number = (name: string, value: number): GgufField => {
    return { key: `${architectures[family]}.${name}`, type: 'f32', value };
  };
  const rope = readRope(file);
  return [
    count('vocab_size', shape.vocabulary),
    count('context_length', usableContext(config)),
    count('embedding_length', shape.hidden),
    count('block_count', shape.layers),
    count('feed_forward_length', shape.intermediate),
    count('attention.head_count', shape.heads),
    count('attention.head_count_kv', shape.kvHeads),
    count('attention.key_length', shape.headDim),
    count('attention.value_length', shape.headDim),
    number('attention.layer_norm_rms_epsilon', shape.normEpsilon),
    count('rope.dimension_count', shape.headDim),
    number('rope.freq_base', rope.base),
    ...(rope.type === 'linear'
      ? ([
          { key: `${architectures[family]}.rope.scaling.type`, type: 'text', value: 'linear' },
          number('rope.scaling.factor', rope.factor),
        ] as const)
      : []),
  ];
}

/** llama.cpp's architectures of these models know no window: within the smallest one, nothing differs. */
export function usableContext({ shape, contextLength }: ModelConfig): number {
  return Math.min(contextLength, ...shape.windows.filter((window) => window > 0));
}

/** By which plain rotary frequencies are divided, headDim / 2 of them; undefined where a field says it all. */
export function ropeFactors({ config }: ModelFolder): Float32Array | undefined {
  const { base, type } = readRope(config.file);
  if (type !== 'llama3') return undefined;
  const { headDim, inverseFrequencies } = config.shape;
  const plain = plainFrequencies(base, headDim);
  return Float32Array.from(plain, (one, i) => one / (inverseFrequencies[i] ?? NaN));
}

function readRope(file: string): RopeSettings {
  return ropeSettings(new Fields(file, readJsonObject(file, 'the configuration of the model')));
}

/** What llama.cpp's code for a family leaves out. */
export function refuseUnknown({ config }: ModelFolder): void {
  const { file, family, biases } = config;
  if (family === 'qwen3' && biases.attentionOutput)
    throw refused(file, 'attention_bias', 'is true, which llama.cpp does not run for Qwen3');
  const isLlama = architectures[family] === 'llama';
  if (!isLlama && readRope(file).type === 'llama3')
    throw refused(file, 'rope_type', 'is llama3, which llama.cpp runs for Llama and Mistral alone');
}

function refused(file: string, field: string, problem: string): Failure {
  return new Failure('config-invalid', { file, field, problem });
}

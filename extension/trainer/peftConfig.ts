// adapter_config.json of a PEFT adapter: read with everything refused that could not be applied, written
// with the keys that PEFT and other readers expect.
import { join } from 'node:path';
import { Failure } from '../shared/failures';
import { Fields } from '../model/fields';
import { isObject, nameOfValue, readJsonObject } from '../model/jsonFile';
import type { LowRankConfig } from './lowRank';

export const configFile = 'adapter_config.json';

export interface PeftConfig extends LowRankConfig {
  file: string;
  baseModel: string | undefined;
}

/** Settings that change the maths in ways the engine does not know; each is harmless with these values. */
const harmless: Record<string, unknown[]> = {
  bias: ['none'],
  fan_in_fan_out: [false],
  lora_bias: [false],
  modules_to_save: [null, []],
  exclude_modules: [null, []],
  layer_replication: [null],
  trainable_token_indices: [null, []],
  target_parameters: [null, []],
  use_qalora: [false],
  use_bdlora: [null, false],
  alora_invocation_tokens: [null],
  arrow_config: [null],
  kasa_config: [null],
  monteclora_config: [null],
  velora_config: [null],
  megatron_config: [null],
  // The others change the base weights too, which the adapter's files do not hold.
  init_lora_weights: [true, false, 'gaussian', 'orthogonal', 'eva'],
};

export function readPeftConfig(folder: string): PeftConfig {
  const file = join(folder, configFile);
  const object = readJsonObject(file, "the adapter's configuration");
  const fields = new Fields(file, object);
  if (fields.text('peft_type') !== 'LORA') {
    const supported = 'this version reads LoRA and DoRA adapters';
    throw fields.unsupported('peft_type', supported);
  }
  for (const [field, values] of Object.entries(harmless)) {
    const value = object[field];
    if (value === undefined || values.some((one) => JSON.stringify(one) === JSON.stringify(value)))
      continue;
    throw new Failure('adapter-unsupported', { file, field, value: nameOfValue(value) });
  }
  return {
    file,
    baseModel: fields.has('base_model_name_or_path')
      ? fields.text('base_model_name_or_path')
      : undefined,
    rank: fields.count('r', 8),
    alpha: fields.positive('lora_alpha', 8),
    dropout: readDropout(fields),
    rslora: fields.flag('use_rslora', false),
    dora: fields.flag('use_dora', false),
    targets: readTargets(fields),
    rankPattern: readPattern(fields, 'rank_pattern', Number.isInteger),
    alphaPattern: readPattern(fields, 'alpha_pattern', Number.isFinite),
    layers: readLayers(fields),
  };
}

function readDropout(fields: Fields): number {
  const value = fields.raw('lora_dropout') ?? 0;
  if (typeof value !== 'number' || !(value >= 0 && value < 1))
    throw fields.refused('lora_dropout', 'must be a number from 0 to below 1');
  return value;
}

function readTargets(fields: Fields): string[] | string {
  const value = fields.raw('target_modules');
  // What PEFT takes for these families when nothing is said.
  if (value === undefined || value === null) return ['q_proj', 'v_proj'];
  return typeof value === 'string' ? value : (fields.texts('target_modules') ?? []);
}

function readPattern(
  fields: Fields,
  name: string,
  isValid: (value: unknown) => boolean,
): Record<string, number> {
  const value = fields.raw(name) ?? {};
  const entries = isObject(value) ? Object.entries(value) : [];
  if (!isObject(value) || entries.some(([, one]) => !isValid(one) || Number(one) <= 0))
    throw fields.refused(name, 'must be an object of numbers above 0');
  return Object.fromEntries(entries.map(([key, one]) => [key, Number(one)]));
}

function readLayers(fields: Fields): number[] | undefined {
  const value = fields.raw('layers_to_transform');
  if (value === undefined || value === null) return undefined;
  const layers: unknown[] = Array.isArray(value) ? value : [value];
  const isIndex = (layer: unknown): layer is number =>
    Number.isInteger(layer) && Number(layer) >= 0;
  if (!layers.every(isIndex)) throw fields.refused('layers_to_transform', 'must be layer numbers');
  return layers;
}

/** The text of adapter_config.json: sorted keys, as PEFT writes them. */
export function peftConfigText(config: LowRankConfig, baseModel: string): string {
  const object = {
    alpha_pattern: config.alphaPattern,
    auto_mapping: null,
    base_model_name_or_path: baseModel,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    layers_pattern: null,
    layers_to_transform: config.layers ?? null,
    lora_alpha: config.alpha,
    lora_dropout: config.dropout,
    modules_to_save: null,
    peft_type: 'LORA',
    r: config.rank,
    rank_pattern: config.rankPattern,
    revision: null,
    target_modules: config.targets,
    task_type: 'CAUSAL_LM',
    use_dora: config.dora,
    use_rslora: config.rslora,
  };
  return `${JSON.stringify(object, null, 2)}\n`;
}

// adapter_config.json of a PEFT adapter: read with everything refused that could not be applied, written
// with the keys that PEFT and other readers expect.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../shared/failures';
import { Fields } from '../model/fields';
import { isObject, nameOfValue, readJsonObject } from '../model/jsonFile';
import { adaloraKeys, readAdaloraConfig } from './adalora/adaloraConfig';
import type { LowRankConfig } from './lowRank';
import { checkGenerator } from './vera/generatorVersion';
import { dvoraConfigFile, type VeraConfig } from './vera/veraConfig';
import { isNothing, nothingSaved, type SavedTensors } from './savedTensors';

export const configFile = 'adapter_config.json';

export interface PeftConfig extends LowRankConfig {
  file: string;
  baseModel: string | undefined;
}

/** Settings that change the maths in ways the engine does not know; each is harmless with these values. */
const harmless: Record<string, unknown[]> = {
  fan_in_fan_out: [false],
  lora_bias: [false],
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
  init_weights: [true, false],
};

/** Settings of LoRA that PEFT's AdaLoRA does not apply. */
const notOfAdalora: Record<string, unknown[]> = {
  use_dora: [false],
  use_rslora: [false],
  alpha_pattern: [{}],
};

/** A folder of DVoRA is read by its own files, which are PEFT's of VeRA with magnitudes. */
export function readPeftConfig(folder: string): PeftConfig {
  const ownFile = join(folder, dvoraConfigFile);
  const isDvora = existsSync(ownFile);
  const file = isDvora ? ownFile : join(folder, configFile);
  const object = readJsonObject(file, "the adapter's configuration");
  const fields = new Fields(file, object);
  const type = fields.text('peft_type');
  if (type !== 'VERA' && ((type !== 'LORA' && type !== 'ADALORA') || isDvora)) {
    const supported = 'this version reads LoRA, DoRA, VeRA and AdaLoRA adapters';
    throw fields.unsupported('peft_type', supported);
  }
  const known = type === 'ADALORA' ? { ...harmless, ...notOfAdalora } : harmless;
  for (const [field, values] of Object.entries(known)) {
    const value = object[field];
    if (value === undefined || values.some((one) => JSON.stringify(one) === JSON.stringify(value)))
      continue;
    throw new Failure('adapter-unsupported', { file, field, value: nameOfValue(value) });
  }
  const common = {
    file,
    baseModel: fields.has('base_model_name_or_path')
      ? fields.text('base_model_name_or_path')
      : undefined,
    targets: readTargets(fields),
    layers: readLayers(fields),
  };
  if (type === 'VERA') refuseSaved(fields);
  if (type === 'VERA') return { ...common, ...readVera(fields), dora: isDvora };
  return { ...common, ...(type === 'ADALORA' ? readAdalora(fields) : readLora(fields)) };
}

type OwnSettings = Omit<PeftConfig, 'file' | 'baseModel' | 'targets' | 'layers'>;

function readLora(fields: Fields): OwnSettings {
  return {
    rank: fields.count('r', 8),
    alpha: fields.positive('lora_alpha', 8),
    dropout: readDropout(fields, 'lora_dropout'),
    rslora: fields.flag('use_rslora', false),
    dora: fields.flag('use_dora', false),
    rankPattern: readPattern(fields, 'rank_pattern', Number.isInteger),
    alphaPattern: readPattern(fields, 'alpha_pattern', Number.isFinite),
    anyRank: true,
    ...readSaved(fields),
  };
}

function readSaved(fields: Fields): { saved?: SavedTensors } {
  const bias = fields.raw('bias') ?? 'none';
  if (bias !== 'none' && bias !== 'all' && bias !== 'lora_only')
    throw fields.refused('bias', 'must be none, all or lora_only');
  const named = fields.raw('modules_to_save') ?? null;
  const modules = named === null ? [] : (fields.texts('modules_to_save') ?? []);
  const saved = { modules, bias, tied: fields.flag('ensure_weight_tying', false) } as const;
  return isNothing(saved) ? {} : { saved };
}

function readAdalora(fields: Fields): OwnSettings {
  return {
    rank: fields.count('target_r', 8),
    alpha: fields.positive('lora_alpha', 8),
    dropout: readDropout(fields, 'lora_dropout'),
    ...{ rslora: false, dora: false, rankPattern: {}, alphaPattern: {} },
    adalora: readAdaloraConfig(fields),
    ...readSaved(fields),
  };
}

/** Without a scale: alpha is the rank. */
function readVera(fields: Fields): Omit<OwnSettings, 'dora'> {
  const rank = fields.count('r', 256);
  const vera = {
    seed: fields.count('projection_prng_key', 0, { least: 0, most: 2 ** 32 - 1 }),
    initialD: readNumber(fields, 'd_initial', 0.1),
    saveProjection: fields.flag('save_projection', true),
  };
  if (!vera.saveProjection) checkGenerator(fields);
  const dropout = readDropout(fields, 'vera_dropout');
  const patterns = { rankPattern: {}, alphaPattern: {} };
  return { rank, alpha: rank, dropout, rslora: false, ...patterns, vera };
}

/** Parts of the model are read beside LoRA and DoRA alone. */
function refuseSaved(fields: Fields): void {
  for (const [field, value] of [
    ['bias', 'none'],
    ['modules_to_save', null],
  ] as const) {
    const found = fields.raw(field) ?? value;
    const isEmpty = Array.isArray(found) && found.length === 0;
    if (found !== value && !isEmpty)
      throw fields.unsupported(
        field,
        'this version reads VeRA adapters without parts of the model',
      );
  }
}

function readNumber(fields: Fields, name: string, fallback: number): number {
  const value = fields.raw(name) ?? fallback;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw fields.refused(name, 'must be a number');
}

function readDropout(fields: Fields, name: string): number {
  const value = fields.raw(name) ?? 0;
  if (typeof value !== 'number' || !(value >= 0 && value < 1))
    throw fields.refused(name, 'must be a number from 0 to below 1');
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

/** The text of adapter_config.json: sorted keys, as PEFT writes them; `modules` are those that are adapted. */
export function peftConfigText(
  config: LowRankConfig,
  baseModel: string,
  modules: readonly string[] = [],
): string {
  const { saved = nothingSaved } = config;
  const object = {
    auto_mapping: null,
    base_model_name_or_path: baseModel,
    bias: saved.bias,
    // Older versions of PEFT warn of keys that they do not know.
    ...(saved.tied && { ensure_weight_tying: true }),
    fan_in_fan_out: false,
    inference_mode: true,
    layers_pattern: null,
    layers_to_transform: config.layers ?? null,
    modules_to_save: saved.modules.length > 0 ? saved.modules : null,
    r: config.rank,
    revision: null,
    target_modules: storedTargets(config, modules),
    task_type: 'CAUSAL_LM',
    ...(config.vera ? veraKeys(config.vera, config.dropout) : loraKeys(config)),
    ...(config.adalora && adaloraKeys(config.adalora, config.rank)),
  };
  const sorted = Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`;
}

/** PEFT knows no module without A and B: one with a magnitude alone has them with rank 1, and zero. */
function storedRanks({ rankPattern, magnitudeOnly = [] }: LowRankConfig): Record<string, number> {
  return { ...rankPattern, ...Object.fromEntries(magnitudeOnly.map((target) => [target, 1])) };
}

function storedTargets(
  { targets, magnitudeOnly = [] }: LowRankConfig,
  modules: readonly string[],
): string | readonly string[] {
  if (magnitudeOnly.length === 0) return targets;
  return Array.isArray(targets) ? [...targets, ...magnitudeOnly] : modules;
}

function loraKeys(config: LowRankConfig): object {
  return {
    alpha_pattern: config.alphaPattern,
    init_lora_weights: true,
    lora_alpha: config.alpha,
    lora_dropout: config.dropout,
    peft_type: 'LORA',
    rank_pattern: storedRanks(config),
    use_dora: config.dora,
    use_rslora: config.rslora,
  };
}

function veraKeys({ seed, initialD, saveProjection }: VeraConfig, dropout: number): object {
  return {
    d_initial: initialD,
    init_weights: true,
    peft_type: 'VERA',
    projection_prng_key: seed,
    save_projection: saveProjection,
    vera_dropout: dropout,
  };
}

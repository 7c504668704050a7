// adapter_config.json of a PEFT adapter, read with everything refused that could not be applied.
import { Fields } from '../model/fields';
import { isObject, readJsonObject } from '../model/jsonFile';
import type { ModuleRule } from '../model/targets';
import { adapterFiles, isDvoraFolder } from '../runs/adapterFolder';
import { readAdaloraConfig } from './adalora/adaloraConfig';
import type { LowRankConfig } from './lowRank';
import { readModuleRule } from './moduleRule';
import { refuseFields } from './peftFields';
import { checkGenerator } from './vera/generatorVersion';
import { isNothing, type SavedTensors } from './savedTensors';

/** What PEFT calls it where nothing is said. */
const embeddingTable = 'embed_tokens';

export interface PeftConfig extends LowRankConfig {
  file: string;
  baseModel: string | undefined;
}

/** A folder of DVoRA is read by its own files, which are PEFT's of VeRA with magnitudes. */
export function readPeftConfig(folder: string): PeftConfig {
  const isDvora = isDvoraFolder(folder);
  const { config: file } = adapterFiles(folder);
  const object = readJsonObject(file, "the adapter's configuration");
  const fields = new Fields(file, object);
  const type = fields.text('peft_type');
  if (type !== 'VERA' && ((type !== 'LORA' && type !== 'ADALORA') || isDvora)) {
    const supported = 'this version reads LoRA, DoRA, VeRA and AdaLoRA adapters';
    throw fields.unsupported('peft_type', supported);
  }
  refuseFields(file, object, type);
  const common = {
    file,
    baseModel: fields.has('base_model_name_or_path')
      ? fields.text('base_model_name_or_path')
      : undefined,
    ...readModuleRule(fields, type),
    isGiven: true,
  };
  if (type === 'VERA') return { ...common, ...readVera(fields), dora: isDvora };
  return { ...common, ...(type === 'ADALORA' ? readAdalora(fields) : readLora(fields)) };
}

type OwnSettings = Omit<PeftConfig, 'file' | 'baseModel' | 'isGiven' | keyof ModuleRule>;

function readLora(fields: Fields): OwnSettings {
  return {
    rank: fields.count('r', 8),
    alpha: fields.positive('lora_alpha', 8),
    dropout: readDropout(fields, 'lora_dropout'),
    rslora: fields.flag('use_rslora', false),
    dora: fields.flag('use_dora', false),
    rankPattern: readPattern(fields, 'rank_pattern', Number.isInteger),
    alphaPattern: readPattern(fields, 'alpha_pattern', Number.isFinite),
    ...readSaved(fields, 'lora_only'),
    ...readTokenRows(fields),
    ...(fields.flag('lora_bias', false) && { loraBias: true }),
  };
}

/** A list is of the embeddings. */
function readTokenRows(fields: Fields): Pick<OwnSettings, 'tokenRows'> {
  const name = 'trainable_token_indices';
  const value = fields.raw(name) ?? [];
  const byName = Object.entries(isObject(value) ? value : { [embeddingTable]: value });
  const rows = byName.map(([key, tokens]): [string, number[]] => {
    const isList =
      Array.isArray(tokens) && tokens.every((one) => Number.isInteger(one) && one >= 0);
    if (!isList || new Set(tokens).size < tokens.length)
      throw fields.refused(name, 'must be lists of token numbers, each once');
    return [key, tokens as number[]];
  });
  const own = rows.filter(([, tokens]) => tokens.length > 0);
  return own.length === 0 ? {} : { tokenRows: Object.fromEntries(own) };
}

/** `own`: what the method calls the biases of the adapted modules alone. */
function readSaved(fields: Fields, own: 'lora_only' | 'vera_only'): { saved?: SavedTensors } {
  const kinds: Record<string, SavedTensors['bias']> = {
    none: 'none',
    all: 'all',
    [own]: 'lora_only',
  };
  const found = fields.raw('bias') ?? 'none';
  const bias = typeof found === 'string' ? kinds[found] : undefined;
  if (bias === undefined) throw fields.refused('bias', `must be none, all or ${own}`);
  const named = fields.raw('modules_to_save') ?? null;
  const modules = named === null ? [] : (fields.texts('modules_to_save') ?? []);
  const saved = { modules, bias, tied: fields.flag('ensure_weight_tying', false) };
  return isNothing(saved) && !saved.tied ? {} : { saved };
}

function readAdalora(fields: Fields): OwnSettings {
  return {
    rank: fields.count('target_r', 8),
    alpha: fields.positive('lora_alpha', 8),
    dropout: readDropout(fields, 'lora_dropout'),
    ...{ rslora: false, dora: false, rankPattern: {}, alphaPattern: {} },
    adalora: readAdaloraConfig(fields),
    ...readSaved(fields, 'lora_only'),
    ...readTokenRows(fields),
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
  const saved = readSaved(fields, 'vera_only');
  return { rank, alpha: rank, dropout, rslora: false, ...patterns, vera, ...saved };
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

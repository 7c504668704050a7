// What AdaLoRA is told beyond what every low-rank adapter is: of a run's settings, or of PEFT's adapter_config.json.
import type { ExperimentSettings } from '../../shared/experiment';
import { initialRankOf } from '../../shared/experiment';
import type { Fields } from '../../model/fields';
import { isObject } from '../../model/jsonFile';

export interface AdaloraConfig {
  initialRank: number;
  tinit: number;
  tfinal: number;
  interval: number;
  sensitivityBeta: number;
  uncertaintyBeta: number;
  orthogonalWeight: number;
  /** Of the run that the schedule is of; undefined until they are known. */
  steps: number | undefined;
  /** Module to one flag for each of its first triplets; undefined: all are there. */
  kept: KeptTriplets | undefined;
}

export type KeptTriplets = Readonly<Record<string, readonly boolean[]>>;

/** PEFT adds it to the initial rank that it divides by. */
const rankEpsilon = 1e-5;

export function adaloraScale(alpha: number, { initialRank }: AdaloraConfig): number {
  return alpha / (initialRank + rankEpsilon);
}

/** P, Λ or Q of a module. */
export function isTripletPart(parameter: string): boolean {
  return /\.lora_[AEB]$/.test(parameter);
}

/** How many triplets a module has. */
export function rankOf({ kept, initialRank }: AdaloraConfig, module: string): number {
  const flags = kept?.[module];
  return flags === undefined ? initialRank : flags.filter(Boolean).length;
}

export function adaloraConfig(adapter: ExperimentSettings['adapter']): AdaloraConfig {
  const { tinit, tfinal, interval } = adapter;
  const { sensitivityBeta, uncertaintyBeta, orthogonalWeight } = adapter;
  return {
    ...{ initialRank: initialRankOf(adapter), tinit, tfinal, interval },
    ...{ sensitivityBeta, uncertaintyBeta, orthogonalWeight },
    ...{ steps: undefined, kept: undefined },
  };
}

const keyEnd = '.lora_E';

/** Of an adapter_config.json whose peft_type is ADALORA. */
export function readAdaloraConfig(fields: Fields): AdaloraConfig {
  const initialRank = fields.count('init_r', 12);
  return {
    initialRank,
    tinit: fields.count('tinit', 0, { least: 0 }),
    tfinal: fields.count('tfinal', 0, { least: 0 }),
    interval: fields.count('deltaT', 1),
    sensitivityBeta: fields.positive('beta1', 0.85),
    uncertaintyBeta: fields.positive('beta2', 0.85),
    orthogonalWeight:
      fields.raw('orth_reg_weight') === 0 ? 0 : fields.positive('orth_reg_weight', 0.5),
    steps: fields.has('total_step') ? fields.count('total_step') : undefined,
    kept: readKept(fields, initialRank),
  };
}

function readKept(fields: Fields, initialRank: number): AdaloraConfig['kept'] {
  const pattern = fields.raw('rank_pattern');
  if (pattern === undefined || pattern === null) return undefined;
  const entries = isObject(pattern) ? Object.entries(pattern) : [];
  const isRow = (row: unknown): row is boolean[] =>
    Array.isArray(row) &&
    row.length === initialRank &&
    row.every((flag) => typeof flag === 'boolean');
  const rows = entries.flatMap(([key, row]): [string, boolean[]][] =>
    key.endsWith(keyEnd) && isRow(row) ? [[key.slice(0, -keyEnd.length), row]] : [],
  );
  if (rows.length === entries.length && isObject(pattern)) return Object.fromEntries(rows);
  throw fields.refused('rank_pattern', `must give each module ${initialRank} times true or false`);
}

/** The keys of adapter_config.json, besides those of LoRA. */
export function adaloraKeys(config: AdaloraConfig, rank: number): Record<string, unknown> {
  const kept = Object.entries(config.kept ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    peft_type: 'ADALORA',
    init_r: config.initialRank,
    target_r: rank,
    // PEFT takes no notice of it and warns of any other.
    r: 8,
    tinit: config.tinit,
    tfinal: config.tfinal,
    deltaT: config.interval,
    beta1: config.sensitivityBeta,
    beta2: config.uncertaintyBeta,
    orth_reg_weight: config.orthogonalWeight,
    total_step: config.steps ?? config.tinit + config.tfinal + 1,
    rank_pattern:
      config.kept === undefined
        ? null
        : Object.fromEntries(kept.map(([module, row]) => [module + keyEnd, row])),
  };
}

// From adapter settings to the modules that the engine adapts, checked against the model.
import type { ExperimentSettings, TrainablePart } from '../shared/experiment';
import { alphaOf, hasMagnitudes, isVera } from '../shared/experiment';
import { Failure } from '../shared/failures';
import { nearestName } from '../shared/nearest';
import type { LinearModule } from '../model/architecture';
import type { ModelLayout } from '../model/layout';
import { knownTargets, matchPattern, matchTargets } from '../model/targets';
import type { AdapterModule } from './addon';
import { veraConfig, type VeraConfig } from './vera/veraConfig';
import type { SavedTensors } from './savedTensors';

/** What an experiment's `adapter` and a PEFT configuration both say. */
export interface LowRankConfig {
  rank: number;
  alpha: number;
  dropout: number;
  rslora: boolean;
  dora: boolean;
  targets: string[] | string;
  rankPattern: Record<string, number>;
  alphaPattern: Record<string, number>;
  /** Only these layers; all when undefined. */
  layers: number[] | undefined;
  /** A and B begin as the principal part of each weight: PiSSA. */
  principal?: boolean;
  /** Of an adapter that is there: PEFT lets A and B be wider than the weight. */
  anyRank?: boolean;
  /** Undefined for every other method. */
  vera?: VeraConfig | undefined;
  /** What of the base the adapter holds itself. */
  saved?: SavedTensors;
}

/** Where a setting stands, for the sentence that refuses it. */
export type PlaceOf = (setting: string) => { file: string; line?: number };

export function lowRankConfig({ method, adapter }: ExperimentSettings): LowRankConfig {
  const { rank, dropout, rslora, targets, rankPattern, alphaPattern, layers } = adapter;
  const vera = isVera(method) ? veraConfig(adapter) : undefined;
  const alpha = vera ? rank : alphaOf(adapter);
  const dora = hasMagnitudes(method);
  const principal = adapter.init === 'pissa';
  return {
    ...{ rank, alpha, dropout, rslora, dora, targets, rankPattern, alphaPattern, layers },
    ...{ principal, vera, anyRank: adapter.initialAdapter !== undefined },
  };
}

/** Of an adapter, whatever its base is. */
export type AdapterMethod = 'lora' | 'dora' | 'vera' | 'dvora';

export function methodOf({ dora, vera }: LowRankConfig): AdapterMethod {
  if (vera) return dora ? 'dvora' : 'vera';
  return dora ? 'dora' : 'lora';
}

export function adapterModules(
  config: LowRankConfig,
  layout: ModelLayout,
  placeOf: PlaceOf,
): AdapterModule[] {
  const linears = adaptedLinears(config, layout, placeOf);
  checkPattern('adapter.rankPattern', config.rankPattern, linears, placeOf);
  checkPattern('adapter.alphaPattern', config.alphaPattern, linears, placeOf);
  return linears.map((linear) => {
    const common = { name: linear.name, dropout: config.dropout, magnitude: config.dora };
    // Its matrices are nobody's own: they may be wider than the weight, as in the papers.
    if (config.vera) return { ...common, kind: 'vera', rank: config.rank, scale: 1 };
    const rank = matchPattern(config.rankPattern, linear.name)[0]?.value ?? config.rank;
    const alpha = matchPattern(config.alphaPattern, linear.name)[0]?.value ?? config.alpha;
    const smaller = Math.min(linear.in, linear.out);
    // PiSSA's adapter is saved with twice the rank.
    const largest = config.principal ? Math.floor(smaller / 2) : smaller;
    if (rank > largest && !config.anyRank) {
      const half = config.principal && { isHalf: true };
      const data = { ...placeOf('adapter.rank'), rank, module: linear.name, largest, ...half };
      throw new Failure('rank-too-large', data);
    }
    const scale = alpha / (config.rslora ? Math.sqrt(rank) : rank);
    return {
      ...{ ...common, kind: 'lora', rank, scale },
      ...(config.principal && { principal: true as const }),
    };
  });
}

function adaptedLinears(
  config: LowRankConfig,
  { linears, shape }: ModelLayout,
  placeOf: PlaceOf,
): LinearModule[] {
  const { modules, unmatched } = matchTargets(linears, config.targets);
  const [target] = unmatched;
  if (target !== undefined) {
    const known = knownTargets();
    const nearest = nearestName(target, known);
    const at = placeOf('adapter.targets');
    throw new Failure('target-unknown', { ...at, target, known, ...(nearest && { nearest }) });
  }
  const { layers } = config;
  if (layers === undefined) return modules;
  const layer = layers.find((index) => index >= shape.layers);
  if (layer !== undefined) {
    throw new Failure('layer-unknown', {
      ...placeOf('adapter.layers'),
      layer,
      layers: shape.layers,
    });
  }
  return modules.filter((module) => layers.includes(module.layer));
}

/** Each key fits an adapted module, and no module fits two keys: PEFT's order of keys changes when it saves. */
function checkPattern(
  setting: string,
  pattern: Record<string, number>,
  linears: LinearModule[],
  placeOf: PlaceOf,
): void {
  const unused = new Set(Object.keys(pattern));
  for (const { name } of linears) {
    const keys = matchPattern(pattern, name).map(({ key }) => key);
    for (const key of keys) unused.delete(key);
    if (keys.length > 1) {
      throw new Failure('pattern-ambiguous', { ...placeOf(setting), setting, module: name, keys });
    }
  }
  const [key] = unused;
  if (key !== undefined)
    throw new Failure('pattern-unmatched', { ...placeOf(setting), setting, key });
}

/** Names of the base tensors that full fine-tuning trains. */
export function trainedTensors(
  parts: TrainablePart[],
  { tensors, shape, linears }: ModelLayout,
  placeOf: PlaceOf,
): string[] {
  const names = Object.keys(tensors);
  const linearWeights = new Set(linears.map(({ name }) => `${name}.weight`));
  const embedding = 'model.embed_tokens.weight';
  const byPart: Record<TrainablePart, string[]> = {
    linears: names.filter((name) => linearWeights.has(name)),
    norms: names.filter((name) => name.endsWith('norm.weight')),
    embeddings: [embedding],
    head: shape.tiedHead ? [embedding] : ['lm_head.weight'],
    biases: names.filter((name) => name.endsWith('.bias')),
  };
  const chosen = new Set(parts.flatMap((part) => byPart[part]));
  if (chosen.size === 0) {
    const problem = 'the model has none';
    throw new Failure('part-missing', { ...placeOf('train'), part: parts.join(', '), problem });
  }
  return names.filter((name) => chosen.has(name));
}

// From adapter settings to the modules that the engine adapts, checked against the model.
import type { ExperimentSettings, TrainablePart } from '../shared/experiment';
import { alphaOf } from '../shared/experiment';
import { hasMagnitudes, isVera } from '../shared/methods';
import { Failure } from '../shared/failures';
import { nearestName } from '../shared/nearest';
import type { LinearModule } from '../model/architecture';
import type { ModelLayout } from '../model/layout';
import {
  knownTargets,
  matchPattern,
  matcherOf,
  unmatchedNames,
  type ModuleNames,
} from '../model/targets';
import { adaloraConfig, adaloraScale, rankOf, type AdaloraConfig } from './adalora/adaloraConfig';
import type { AdapterModule } from './addon';
import { veraConfig, type VeraConfig } from './vera/veraConfig';
import { magnitudeModule } from './magnitudeOnly';
import type { SavedTensors } from './savedTensors';

/** What an experiment's `adapter` and a PEFT configuration both say. */
export interface LowRankConfig {
  rank: number;
  alpha: number;
  dropout: number;
  rslora: boolean;
  dora: boolean;
  targets: string[] | string;
  /** Targets that are not adapted. */
  exclude?: string[] | string | undefined;
  rankPattern: Record<string, number>;
  alphaPattern: Record<string, number>;
  /** Only these layers; all when undefined. */
  layers: number[] | undefined;
  /** A and B begin as the principal part of each weight: PiSSA. */
  principal?: boolean;
  /**
   * Of an adapter that is there, whose tensors tell what is adapted: as in PEFT, names, layers and keys that fit no module are
   * passed over, and A and B may be wider than the weight.
   */
  isGiven?: boolean;
  /** A and B begin as rows of one orthogonal matrix. */
  orthogonal?: boolean;
  /** Modules with a magnitude alone, by the end of their names. */
  magnitudeOnly?: string[];
  /** Undefined for every other method. */
  vera?: VeraConfig | undefined;
  adalora?: AdaloraConfig | undefined;
  /** What of the base the adapter holds itself. */
  saved?: SavedTensors;
  /** Of embeddings and head, by the end of a table's name: tokens whose rows the adapter holds. */
  tokenRows?: Readonly<Record<string, readonly number[]>>;
  /** Its B has a bias in every module. */
  loraBias?: boolean;
}

/** Where a setting stands, for the sentence that refuses it. */
export type PlaceOf = (setting: string) => { file: string; line?: number };

export function lowRankConfig({ method, adapter }: ExperimentSettings): LowRankConfig {
  const { rank, dropout, rslora, targets, exclude, rankPattern, alphaPattern, layers } = adapter;
  const vera = isVera(method) ? veraConfig(adapter) : undefined;
  const alpha = vera ? rank : alphaOf(adapter);
  const dora = hasMagnitudes(method);
  const principal = adapter.init === 'pissa';
  return {
    ...{ rank, alpha, dropout, rslora, dora, targets, rankPattern, alphaPattern, layers },
    ...{ principal, vera, magnitudeOnly: adapter.magnitudeOnly },
    ...(exclude.length > 0 && { exclude }),
    orthogonal: adapter.init === 'orthogonal',
    isGiven: adapter.initialAdapter !== undefined,
    ...(method === 'adalora' && { adalora: adaloraConfig(adapter) }),
  };
}

/** Of an adapter, whatever its base is. */
export type AdapterMethod = 'lora' | 'dora' | 'vera' | 'dvora' | 'adalora';

export function methodOf({ dora, vera, adalora }: LowRankConfig): AdapterMethod {
  if (adalora) return 'adalora';
  if (vera) return dora ? 'dvora' : 'vera';
  return dora ? 'dora' : 'lora';
}

export function adapterModules(
  config: LowRankConfig,
  layout: ModelLayout,
  placeOf: PlaceOf,
): AdapterModule[] {
  const linears = targetedLinears(config, layout, placeOf);
  if (!config.isGiven) checkKeys('adapter.rankPattern', config.rankPattern, { linears, placeOf });
  if (!config.isGiven) checkKeys('adapter.alphaPattern', config.alphaPattern, { linears, placeOf });
  checkOrder('adapter.alphaPattern', config.alphaPattern, { linears, placeOf });
  // Shapes of tensors tell whether the first key that fits, PEFT's choice, is the one of training.
  if (!config.isGiven) checkOrder('adapter.rankPattern', config.rankPattern, { linears, placeOf });
  const magnitudes = magnitudeLinears(config, layout, { targeted: linears, placeOf });
  const modules = [
    ...linears.map((linear) => adapterModule(config, linear, placeOf)),
    ...magnitudes.map(({ name }) => magnitudeModule(name)),
  ];
  if (magnitudes.length === 0) return modules;
  const places = new Map(layout.linears.map(({ name }, index) => [name, index]));
  return modules.sort((a, b) => (places.get(a.name) ?? 0) - (places.get(b.name) ?? 0));
}

export function adapterModule(
  config: LowRankConfig,
  linear: LinearModule,
  placeOf: PlaceOf,
): AdapterModule {
  const { adalora } = config;
  const common = { name: linear.name, dropout: config.dropout, magnitude: config.dora };
  // Its matrices are nobody's own: they may be wider than the weight, as in the papers.
  if (config.vera) return { ...common, kind: 'vera', rank: config.rank, scale: 1 };
  const rank = adalora
    ? rankOf(adalora, linear.name)
    : (matchPattern(config.rankPattern, linear.name)[0]?.value ?? config.rank);
  const alpha = matchPattern(config.alphaPattern, linear.name)[0]?.value ?? config.alpha;
  const smaller = Math.min(linear.in, linear.out);
  // PiSSA's adapter is saved with twice the rank.
  const largest = config.principal ? Math.floor(smaller / 2) : smaller;
  if (rank > largest && !config.isGiven) {
    const half = config.principal && { isHalf: true };
    const data = { ...placeOf('adapter.rank'), rank, module: linear.name, largest, ...half };
    throw new Failure('rank-too-large', data);
  }
  if (config.orthogonal && rank % 2 !== 0) {
    const setting = 'adapter.init';
    const problem = `divides the rank into two halves, but ${linear.name} has the odd rank ${rank}; make it even`;
    throw new Failure('setting-invalid', { ...placeOf(setting), setting, problem });
  }
  if (adalora) return { ...common, kind: 'adalora', rank, scale: adaloraScale(alpha, adalora) };
  const scale = alpha / (config.rslora ? Math.sqrt(rank) : rank);
  return {
    ...{ ...common, kind: 'lora', rank, scale },
    ...(config.principal && { principal: true as const }),
  };
}

/** Of `magnitudeOnly`; none of them may have a low-rank update, or the rank of one, as well. */
function magnitudeLinears(
  { magnitudeOnly = [], layers, rankPattern }: LowRankConfig,
  layout: ModelLayout,
  { targeted, placeOf }: { targeted: LinearModule[]; placeOf: PlaceOf },
): LinearModule[] {
  if (magnitudeOnly.length === 0) return [];
  const setting = 'adapter.magnitudeOnly';
  const at = placeOf(setting);
  checkNames(magnitudeOnly, layout, at);
  if (layers) checkLayers(layers, layout, placeOf);
  const isAdapted = matcherOf({ targets: magnitudeOnly, layers });
  const linears = layout.linears.filter(({ name }) => isAdapted(name));
  for (const { name } of linears) {
    const isTargeted = targeted.some((module) => module.name === name);
    if (!isTargeted && matchPattern(rankPattern, name).length === 0) continue;
    const first = isTargeted ? 'adapter.targets' : 'adapter.rankPattern';
    const problem = `both name ${name}, which has either a low-rank update or a magnitude alone`;
    throw new Failure('settings-conflict', { ...at, first, second: setting, problem });
  }
  return linears;
}

function targetedLinears(
  config: LowRankConfig,
  layout: ModelLayout,
  placeOf: PlaceOf,
): LinearModule[] {
  const { targets, exclude, layers, saved, isGiven } = config;
  const isAdapted = matcherOf({ targets, exclude, layers, saved: saved?.modules });
  const linears = layout.linears.filter(({ name }) => isAdapted(name));
  if (isGiven) return linears;
  checkNames(targets, layout, placeOf('adapter.targets'));
  if (layers) checkLayers(layers, layout, placeOf);
  if (exclude) checkNames(exclude, layout, placeOf('adapter.exclude'));
  if (linears.length > 0) return linears;
  const [first, second] = ['adapter.targets', 'adapter.exclude'];
  const problem = 'together leave no module to adapt';
  throw new Failure('settings-conflict', { ...placeOf(second), first, second, problem });
}

/** Each of a setting's names fits a module. */
function checkNames(names: ModuleNames, { linears }: ModelLayout, at: ReturnType<PlaceOf>): void {
  const [target] = unmatchedNames(names, linears);
  if (target === undefined) return;
  const known = knownTargets();
  const nearest = nearestName(target, known);
  throw new Failure('target-unknown', { ...at, target, known, ...(nearest && { nearest }) });
}

function checkLayers(layers: readonly number[], { shape }: ModelLayout, placeOf: PlaceOf): void {
  const layer = layers.find((index) => index >= shape.layers);
  if (layer === undefined) return;
  const at = placeOf('adapter.layers');
  throw new Failure('layer-unknown', { ...at, layer, layers: shape.layers });
}

interface Patterned {
  linears: readonly LinearModule[];
  placeOf: PlaceOf;
}

/** Each key fits an adapted module. */
function checkKeys(
  setting: string,
  pattern: Record<string, number>,
  { linears, placeOf }: Patterned,
): void {
  const fits = (key: string): boolean =>
    linears.some(({ name }) => matchPattern({ [key]: 0 }, name).length > 0);
  const key = Object.keys(pattern).find((one) => !fits(one));
  if (key !== undefined)
    throw new Failure('pattern-unmatched', { ...placeOf(setting), setting, key });
}

/** No module fits two keys: PEFT takes the first, and their order changes when it saves. */
function checkOrder(
  setting: string,
  pattern: Record<string, number>,
  { linears, placeOf }: Patterned,
): void {
  for (const { name } of linears) {
    const found = matchPattern(pattern, name);
    if (new Set(found.map(({ value }) => value)).size < 2) continue;
    const keys = found.map(({ key }) => key);
    throw new Failure('pattern-ambiguous', { ...placeOf(setting), setting, module: name, keys });
  }
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

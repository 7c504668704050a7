// The paper's diagnostic: how magnitude change goes with direction change over the layers of a model. Least
// squares and Pearson's correlation of deltaM on deltaD, a module type at a time and all together.
import { moduleType, sortedTypes } from './modules';
import type { SlopeFit } from './run';
import { quantile } from './statistics/moments';
import { seededRandom } from './statistics/random';

/** As the engine's slopes() gives it; `name` is the module, e.g. `model.layers.0.self_attn.q_proj`. */
export interface ModuleChange {
  name: string;
  deltaM: number;
  deltaD: number;
}

/** Correlations of query matrices over layers and checkpoints in the DoRA paper, arXiv 2402.09353, section 4.1. */
export const publishedCorrelations = {
  source: 'Liu et al. 2024, DoRA: Weight-Decomposed Low-Rank Adaptation, arXiv 2402.09353, 4.1',
  module: 'q_proj',
  full: -0.62,
  lora: 0.83,
  dora: -0.31,
} as const;

export const allModules = 'all';
export const fewestPoints = 3;
export const resamples = 1000;
export const seed = 0x5109e;
/** Spread below this share of the mean is rounding, not a difference between modules. */
export const relativeRounding = 1e-7;

interface Moments {
  spreadD: number;
  spreadM: number;
  product: number;
}

/** One fit for each module type that occurs, in the order of a layer, and one for all of them. */
export function fitSlopes(changes: readonly ModuleChange[]): SlopeFit[] {
  const byType = new Map<string, ModuleChange[]>();
  for (const change of changes) {
    const type = moduleType(change.name);
    const group = byType.get(type);
    if (group === undefined) byType.set(type, [change]);
    else group.push(change);
  }
  const fits = sortedTypes(byType.keys()).map((type) => fit(type, byType.get(type) ?? []));
  return [...fits, fit(allModules, changes)];
}

function fit(module: string, changes: readonly ModuleChange[]): SlopeFit {
  const finite = changes.filter(
    ({ deltaM, deltaD }) => Number.isFinite(deltaM) && Number.isFinite(deltaD),
  );
  const points = finite.length;
  const undefinedFit: SlopeFit = { module, slope: null, correlation: null, points, interval: null };
  if (points < fewestPoints) return undefinedFit;
  const all = moments(finite);
  if (all === null || all.spreadD === 0) return undefinedFit;
  return {
    module,
    slope: all.product / all.spreadD,
    correlation: correlationOf(all),
    points,
    interval: bootstrapInterval(finite),
  };
}

/** Sums of squares about the means; a spread that is rounding alone is 0. */
function moments(changes: readonly ModuleChange[]): Moments | null {
  const count = changes.length;
  if (count === 0) return null;
  let meanD = 0;
  let meanM = 0;
  for (const { deltaD, deltaM } of changes) {
    meanD += deltaD / count;
    meanM += deltaM / count;
  }
  let spreadD = 0;
  let spreadM = 0;
  let product = 0;
  for (const { deltaD, deltaM } of changes) {
    spreadD += (deltaD - meanD) ** 2;
    spreadM += (deltaM - meanM) ** 2;
    product += (deltaD - meanD) * (deltaM - meanM);
  }
  const floorD = count * (relativeRounding * meanD) ** 2;
  const floorM = count * (relativeRounding * meanM) ** 2;
  return {
    spreadD: spreadD <= floorD ? 0 : spreadD,
    spreadM: spreadM <= floorM ? 0 : spreadM,
    product,
  };
}

function correlationOf({ spreadD, spreadM, product }: Moments): number | null {
  if (spreadD === 0 || spreadM === 0) return null;
  return Math.max(-1, Math.min(1, product / Math.sqrt(spreadD * spreadM)));
}

/** Percentiles 2.5 and 97.5 of the correlation over resampled points; resamples without spread are left out. */
function bootstrapInterval(changes: readonly ModuleChange[]): [number, number] | null {
  const all = moments(changes);
  if (all === null || correlationOf(all) === null) return null;
  const random = seededRandom(seed);
  const correlations: number[] = [];
  for (let resample = 0; resample < resamples; resample++) {
    const drawn = changes.map((own) => changes[Math.floor(random() * changes.length)] ?? own);
    const found = moments(drawn);
    const correlation = found === null ? null : correlationOf(found);
    if (correlation !== null) correlations.push(correlation);
  }
  correlations.sort((a, b) => a - b);
  return [quantile(correlations, 0.025), quantile(correlations, 0.975)];
}

// Percentile bootstrap (Efron 1979): the interval of a figure by asking how it varies when the observations are
// drawn anew, with replacement, from themselves.
import { tail95, type Interval } from './interval';
import { average, quantile } from './moments';
import { drawAt } from './random';

export interface BootstrapOptions {
  /** Of the resampled observations. The mean when left out. */
  statistic?: (values: readonly number[]) => number;
  resamples?: number;
  seed?: number;
}

export const defaultResamples = 10_000;
export const defaultSeed = 0xd02a;

/**
 * Undefined of no observations. The i-th observation of a resample r is observation floor(n u), where u is draw
 * number r n + i of the seed.
 */
export function bootstrapInterval(
  values: readonly number[],
  options: BootstrapOptions = {},
): Interval | undefined {
  const { statistic = average, resamples = defaultResamples, seed = defaultSeed } = options;
  const n = values.length;
  if (n === 0) return undefined;
  const drawn = new Array<number>(n).fill(0);
  const found = Float64Array.from({ length: resamples }, (_, resample) => {
    for (let i = 0; i < n; i++) {
      drawn[i] = values[Math.floor(n * drawAt(seed, resample * n + i))] ?? NaN;
    }
    return statistic(drawn);
  });
  return percentiles(found);
}

/** Sorts in place. */
export function percentiles(found: Float64Array): Interval {
  found.sort();
  return { low: quantile(found, tail95), high: quantile(found, 1 - tail95) };
}

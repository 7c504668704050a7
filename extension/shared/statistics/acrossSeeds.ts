// Runs that differ by their seed alone: the mean of their figures, how far they scatter, and how far two such means
// are apart. Student's t throughout.
import { around, tail95, type Interval } from './interval';
import { average, deviation } from './moments';
import { quantileOfT, tailOfT } from './studentT';

export interface SeedFigure {
  seeds: number;
  mean: number;
  /** Of a sample, n - 1; 0 of one seed. */
  deviation: number;
  /** Of the mean; null of one seed, of which nothing is known. */
  interval: Interval | null;
}

/** Undefined of none. */
export function acrossSeeds(values: readonly number[]): SeedFigure | undefined {
  const seeds = values.length;
  if (seeds === 0) return undefined;
  const mean = average(values);
  const spread = deviation(values, mean);
  const half = quantileOf(seeds - 1) * (spread / Math.sqrt(seeds));
  return { seeds, mean, deviation: spread, interval: seeds < 2 ? null : around(mean, half) };
}

export interface MeanDifference {
  difference: number;
  interval: Interval;
  /** Two-sided. */
  pValue: number;
}

/** Of differences' mean from 0: the one-sample test. Undefined of fewer than two. */
export function meanDifference(differences: readonly number[]): MeanDifference | undefined {
  const n = differences.length;
  if (n < 2) return undefined;
  const mean = average(differences);
  return fromError(mean, deviation(differences, mean) / Math.sqrt(n), n - 1);
}

/** Welch's: neither needs as many seeds as the other, nor scatter alike. Undefined where one has fewer than two. */
export function welchDifference(
  first: readonly number[],
  second: readonly number[],
): MeanDifference | undefined {
  if (first.length < 2 || second.length < 2) return undefined;
  const [one, other] = [first, second].map((values) => deviation(values) ** 2 / values.length);
  const [a, b] = [one ?? 0, other ?? 0];
  // Without any scatter the number of degrees has no meaning.
  const degrees =
    a + b === 0 ? 1 : (a + b) ** 2 / (a ** 2 / (first.length - 1) + b ** 2 / (second.length - 1));
  return fromError(average(first) - average(second), Math.sqrt(a + b), degrees);
}

function fromError(difference: number, error: number, degrees: number): MeanDifference {
  const interval = around(difference, quantileOf(degrees) * error);
  if (error === 0) return { difference, interval, pValue: difference === 0 ? 1 : 0 };
  const pValue = Math.min(1, 2 * tailOfT(Math.abs(difference) / error, degrees));
  return { difference, interval, pValue };
}

function quantileOf(degrees: number): number {
  return degrees === 0 ? 0 : quantileOfT(tail95, degrees);
}

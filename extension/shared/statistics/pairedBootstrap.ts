// The difference of two models on the same questions without a normal distribution: by resampling the questions, and
// by exchanging the two models' answers.
import { defaultResamples, defaultSeed, percentiles } from './bootstrap';
import {
  differenceDistribution,
  fairDifference,
  quantileOnLattice,
  type LatticeDistribution,
} from './differenceDistribution';
import { tail95, type Interval } from './interval';
import type { PairedCounts } from './pairedComparison';
import { drawAt } from './random';

/**
 * Percentile bootstrap over questions. Of one task it is the limit of infinitely many resamples, without any draw;
 * undefined where there are no questions.
 */
export function pairedBootstrap(counts: PairedCounts): Interval | undefined {
  const { n } = counts;
  if (n === 0) return undefined;
  const distribution = differenceDistribution(counts);
  return {
    low: quantileOnLattice(distribution, tail95) / n,
    high: quantileOnLattice(distribution, 1 - tail95) / n,
  };
}

/** Of the mean over tasks, each task's questions drawn anew for itself; 10,000 resamples. */
export function macroBootstrap(tasks: readonly PairedCounts[]): Interval | undefined {
  if (tasks.length === 0 || tasks.some(({ n }) => n === 0)) return undefined;
  return percentiles(drawMeans(tasks, tasks.map(differenceDistribution)));
}

/**
 * Two-sided: how often exchanging the two models' answers at random, question by question, sets the means over tasks
 * as far apart; what McNemar's exact test is for one task. 10,000 exchanges, the given one counted with them, so that
 * it is never 0.
 */
export function macroExchange(tasks: readonly PairedCounts[]): number | undefined {
  if (tasks.length === 0 || tasks.some(({ n }) => n === 0)) return undefined;
  const disagreements = tasks.map(({ onlyFirst, onlySecond }) => onlyFirst + onlySecond);
  const means = drawMeans(tasks, disagreements.map(fairDifference));
  const given = Math.abs(
    tasks.reduce((sum, { n, onlyFirst, onlySecond }) => sum + (onlyFirst - onlySecond) / n, 0),
  );
  // Equal sums may differ by rounding.
  const least = given / tasks.length - 1e-12;
  const asFar = means.reduce((count, mean) => count + Number(Math.abs(mean) >= least), 0);
  return (asFar + 1) / (means.length + 1);
}

/** Draw number r T + t of the seed is task t of resample r. */
function drawMeans(
  tasks: readonly PairedCounts[],
  distributions: readonly LatticeDistribution[],
): Float64Array {
  const means = new Float64Array(defaultResamples);
  const count = tasks.length;
  for (const [place, distribution] of distributions.entries()) {
    const share = 1 / ((tasks[place]?.n ?? 1) * count);
    for (let resample = 0; resample < defaultResamples; resample++) {
      const drawn = drawAt(defaultSeed, resample * count + place);
      means[resample] = (means[resample] ?? 0) + share * quantileOnLattice(distribution, drawn);
    }
  }
  return means;
}

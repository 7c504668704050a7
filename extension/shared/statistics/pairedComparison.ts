// Two models asked the same questions: how far apart they are, and how sure that is.
import { around, within, z95, type Interval } from './interval';
import { average } from './moments';

/** Questions that both answered, by who was right. */
export interface PairedCounts {
  n: number;
  bothRight: number;
  onlyFirst: number;
  onlySecond: number;
}

export interface PairedDifference {
  n: number;
  /** Accuracy of the first less that of the second, -1 to 1. */
  difference: number;
  /** 95 %. */
  interval: Interval;
  /** McNemar's exact test, two-sided: how often chance alone would set two equal models so far apart. */
  pValue: number | null;
}

const bounds: Interval = { low: -1, high: 1 };

/** Of two answer lists by question; what only one of them holds is left out. */
export function pairAnswers(
  first: ReadonlyMap<string, boolean>,
  second: ReadonlyMap<string, boolean>,
): PairedCounts {
  const counts = { n: 0, bothRight: 0, onlyFirst: 0, onlySecond: 0 };
  for (const [question, isRight] of first) {
    const other = second.get(question);
    if (other === undefined) continue;
    counts.n += 1;
    if (isRight && other) counts.bothRight += 1;
    else if (isRight) counts.onlyFirst += 1;
    else if (other) counts.onlySecond += 1;
  }
  return counts;
}

/**
 * Bonett and Price 2012 (Journal of Educational and Behavioral Statistics 37): the normal interval of a paired
 * difference with one answer added to each kind of disagreement, so that it also holds for few questions and for
 * models that never disagree.
 */
export function pairedDifference(counts: PairedCounts): PairedDifference {
  const { n, onlyFirst, onlySecond } = counts;
  const half = z95 * Math.sqrt(variance(counts));
  return {
    n,
    difference: n === 0 ? 0 : (onlyFirst - onlySecond) / n,
    interval: n === 0 ? bounds : within(around(adjusted(counts), half), bounds),
    pValue: mcnemarExact(onlyFirst, onlySecond),
  };
}

/** Of the mean over tasks, for which `macroExchange` is the test; undefined where a task has no common question. */
export function macroDifference(tasks: readonly PairedCounts[]): PairedDifference | undefined {
  if (tasks.length === 0 || tasks.some(({ n }) => n === 0)) return undefined;
  // Questions of different tasks are independent.
  const error = Math.sqrt(average(tasks.map(variance)) / tasks.length);
  return {
    n: tasks.reduce((sum, { n }) => sum + n, 0),
    difference: average(tasks.map(({ n, onlyFirst, onlySecond }) => (onlyFirst - onlySecond) / n)),
    interval: within(around(average(tasks.map(adjusted)), z95 * error), bounds),
    pValue: null,
  };
}

/** Two-sided exact binomial test that a disagreement goes either way with equal chance. */
export function mcnemarExact(onlyFirst: number, onlySecond: number): number {
  const all = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // From the largest term down, each a product of ratios: 2 ** -all alone is no number for thousands of them.
  let [term, terms] = [1, 0];
  for (let k = fewer; k >= 0 && term > 0; k -= 1) {
    terms += term;
    term *= k / (all - k + 1);
  }
  return Math.min(1, 2 * Math.exp(logBinomial(all, fewer) - all * Math.LN2) * terms);
}

/** log of (n over k). */
function logBinomial(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i += 1) sum += Math.log1p((n - k) / i);
  return sum;
}

function adjusted({ n, onlyFirst, onlySecond }: PairedCounts): number {
  return (onlyFirst - onlySecond) / (n + 2);
}

function variance({ n, onlyFirst, onlySecond }: PairedCounts): number {
  const first = (onlyFirst + 1) / (n + 2);
  const second = (onlySecond + 1) / (n + 2);
  return (first + second - (first - second) ** 2) / (n + 2);
}

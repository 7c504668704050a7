// Two models asked the same questions: how far apart they are, and how sure that is.
import type { Interval } from './wilson';

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

const z95 = 1.959963984540054;

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
  const interval =
    n === 0 ? { low: -1, high: 1 } : around(adjusted(counts), Math.sqrt(variance(counts)));
  return {
    n,
    difference: n === 0 ? 0 : (onlyFirst - onlySecond) / n,
    interval,
    pValue: mcnemarExact(onlyFirst, onlySecond),
  };
}

/** Of the mean over tasks, for which there is no exact test; undefined where a task has no common question. */
export function macroDifference(tasks: readonly PairedCounts[]): PairedDifference | undefined {
  if (tasks.length === 0 || tasks.some(({ n }) => n === 0)) return undefined;
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / tasks.length;
  // Questions of different tasks are independent.
  const error = Math.sqrt(mean(tasks.map(variance)) / tasks.length);
  return {
    n: tasks.reduce((sum, { n }) => sum + n, 0),
    difference: mean(tasks.map(({ n, onlyFirst, onlySecond }) => (onlyFirst - onlySecond) / n)),
    interval: around(mean(tasks.map(adjusted)), error),
    pValue: null,
  };
}

/** Two-sided exact binomial test that a disagreement goes either way with equal chance. */
export function mcnemarExact(onlyFirst: number, onlySecond: number): number {
  const all = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // In logarithms: 2 ** -all is no longer a number for some thousand disagreements.
  let logTerm = -all * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let k = 1; k <= fewer; k += 1) {
    logTerm += Math.log((all - k + 1) / k);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}

function adjusted({ n, onlyFirst, onlySecond }: PairedCounts): number {
  return (onlyFirst - onlySecond) / (n + 2);
}

function variance({ n, onlyFirst, onlySecond }: PairedCounts): number {
  const first = (onlyFirst + 1) / (n + 2);
  const second = (onlySecond + 1) / (n + 2);
  return (first + second - (first - second) ** 2) / (n + 2);
}

function around(centre: number, standardError: number): Interval {
  const half = z95 * standardError;
  return { low: Math.max(-1, centre - half), high: Math.min(1, centre + half) };
}

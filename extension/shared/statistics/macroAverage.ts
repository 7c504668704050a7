// The average over tasks as the paper takes it: the mean of their accuracies, each task counting alike whatever its
// number of questions; and how sure that mean is.
import type { Interval } from './interval';
import { average } from './moments';
import { wilsonInterval } from './wilson';

export interface TaskScore {
  n: number;
  correct: number;
}

export interface MacroAverage {
  /** 0 to 1. */
  value: number;
  interval: Interval;
}

/**
 * Undefined of no tasks, or where one has no questions. Tasks are independent, so the squares of what each Wilson
 * limit is away from its accuracy add up (Zou and Donner 2008, Statistics in Medicine 27); of one task it is Wilson's
 * interval.
 */
export function macroAverage(tasks: readonly TaskScore[]): MacroAverage | undefined {
  if (tasks.length === 0 || tasks.some(({ n }) => n === 0)) return undefined;
  const shares = tasks.map(({ n, correct }) => correct / n);
  const limits = tasks.map(({ n, correct }) => wilsonInterval(correct, n));
  const value = average(shares);
  const away = (limit: keyof Interval): number =>
    Math.hypot(...shares.map((share, i) => share - (limits[i]?.[limit] ?? share))) / tasks.length;
  return { value, interval: { low: value - away('low'), high: value + away('high') } };
}

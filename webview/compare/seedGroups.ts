// Runs that differ by their seed alone, and the mean and spread of their curves.
import type { ComparedRun } from '../../extension/shared/pages/comparePage';
import type { SettingRow } from '../../extension/shared/settingRows';
import { average, deviation } from '../../extension/shared/statistics/moments';
import { pointsOf, type Points } from '../charts/points';

const seed = 'training.seed';

/** In the order of their first runs; a run without others like it is a group of one. */
export function seedGroups<R extends Pick<ComparedRun, 'run' | 'settings'>>(
  runs: readonly R[],
): R[][] {
  const groups = new Map<string, R[]>();
  for (const run of runs) {
    const key = JSON.stringify([run.run.model, run.run.data, withoutSeed(run.settings)]);
    const group = groups.get(key) ?? [];
    group.push(run);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function withoutSeed(rows: readonly SettingRow[]): [string, string][] {
  return rows
    .filter(({ setting }) => setting !== seed)
    .map(({ setting, value }): [string, string] => [setting, value])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

export interface MeanCurve {
  mean: Points;
  /** One standard deviation below and above. */
  low: Points;
  high: Points;
}

/** Over the points that all curves have; their steps are the same. */
export function meanCurve(curves: readonly Points[], generation: number): MeanCurve {
  const length = Math.min(...curves.map((curve) => curve.length));
  const rows = Array.from({ length: Number.isFinite(length) ? length : 0 }, (_, index) => {
    const ys = curves.map(({ y }) => y[index] ?? NaN);
    const mean = average(ys);
    return {
      x: average(curves.map(({ x }) => x[index] ?? NaN)),
      mean,
      deviation: deviation(ys, mean),
    };
  });
  const part = (value: (row: (typeof rows)[number]) => number) =>
    pointsOf(
      rows.map((row) => ({ x: row.x, y: value(row) })),
      generation,
    );
  return {
    mean: part(({ mean }) => mean),
    low: part(({ mean, deviation: spread }) => mean - spread),
    high: part(({ mean, deviation: spread }) => mean + spread),
  };
}

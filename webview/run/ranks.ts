// AdaLoRA's ranks over a run, of what was told of them: every module's after a step, and the mean of each type of module.
import { moduleLayer, moduleType, sortedTypes } from '../../extension/shared/modules';
import type { RankRecord } from '../../extension/shared/runHistory';

/** After the record at `index` of the list. */
export function ranksAfter(records: readonly RankRecord[], index: number): Map<string, number> {
  const ranks = new Map<string, number>();
  for (const { modules } of records.slice(0, index + 1))
    for (const { name, rank } of modules) ranks.set(name, rank);
  return ranks;
}

/** The mean of each type of module at each step at which ranks changed. */
export function meanRanks(
  records: readonly RankRecord[],
): { type: string; means: { step: number; value: number }[] }[] {
  const ranks = new Map<string, number>();
  const sums = new Map<string, { sum: number; count: number }>();
  const means = new Map<string, { step: number; value: number }[]>();
  for (const { step, modules } of records) {
    for (const { name, rank } of modules) {
      const type = moduleType(name);
      const known = sums.get(type) ?? { sum: 0, count: 0 };
      const before = ranks.get(name);
      sums.set(type, {
        sum: known.sum + rank - (before ?? 0),
        count: known.count + (before === undefined ? 1 : 0),
      });
      ranks.set(name, rank);
    }
    for (const [type, { sum, count }] of sums) {
      const own = means.get(type) ?? [];
      own.push({ step, value: sum / count });
      means.set(type, own);
    }
  }
  return sortedTypes(means.keys()).map((type) => ({ type, means: means.get(type) ?? [] }));
}

export interface RankMap {
  types: string[];
  layers: number[];
  /** By type and layer; undefined where a module is not adapted. */
  rank: (type: string, layer: number) => number | undefined;
  /** 1 at least. */
  highest: number;
  total: number;
}

export function rankMap(ranks: ReadonlyMap<string, number>): RankMap {
  const byPlace = new Map<string, number>();
  const layers = new Set<number>();
  for (const [name, rank] of ranks) {
    const layer = moduleLayer(name) ?? 0;
    layers.add(layer);
    byPlace.set(`${moduleType(name)} ${layer}`, rank);
  }
  return {
    types: sortedTypes([...ranks.keys()].map(moduleType)),
    layers: [...layers].sort((a, b) => a - b),
    rank: (type, layer) => byPlace.get(`${type} ${layer}`),
    highest: Math.max(1, ...ranks.values()),
    total: [...ranks.values()].reduce((sum, rank) => sum + rank, 0),
  };
}

/** Every module's rank at each step at which one changed: step, module, rank. */
export function ranksCsv(records: readonly RankRecord[]): string {
  const names = ranksAfter(records, records.length - 1).keys();
  const columns = [...names];
  const ranks = new Map<string, number>();
  const rows = records.map(({ step, modules }) => {
    for (const { name, rank } of modules) ranks.set(name, rank);
    return [step, ...columns.map((name) => ranks.get(name) ?? '')].join(',');
  });
  return `${[['step', ...columns].join(','), ...rows].join('\n')}\n`;
}

// Similarity of the subspaces of two updates: of every module at one number of directions, and of one at all.
import type { Translate } from '../../../extension/shared/translate';
import { chanceSimilarity, type ModuleSimilarity } from '../../../extension/shared/updates';
import { moduleGrid, type ModuleGrid } from './grid';
import type { HeatMapModel } from './heatCells';

export const sides = ['output', 'input'] as const;
export type Side = (typeof sides)[number];

/** How subspaces are looked at. */
export interface Look {
  side: Side;
  directions: number;
}

export function mostDirections(similarity: readonly ModuleSimilarity[]): number {
  return Math.max(
    1,
    ...similarity.map(({ output }) => Math.max(output.length, output[0]?.length ?? 0)),
  );
}

/** phi of the first `directions` of both, or of all where there are fewer. */
export function similarityAt(
  module: ModuleSimilarity,
  side: Side,
  directions: number,
): { value: number; chance: number; i: number; j: number } {
  const phi = module[side];
  const i = Math.min(directions, phi.length);
  const j = Math.min(directions, phi[0]?.length ?? 0);
  const size = side === 'output' ? module.outputSize : module.inputSize;
  return { value: phi[i - 1]?.[j - 1] ?? 0, chance: chanceSimilarity(i, j, size), i, j };
}

export function summaryGrid(
  similarity: readonly ModuleSimilarity[],
  side: Side,
  directions: number,
  t: Translate,
): ModuleGrid {
  const figures = similarity.map((module) => ({
    name: module.name,
    value: similarityAt(module, side, directions).value,
  }));
  return moduleGrid(figures, { low: 0, high: 1 }, t('layer'));
}

/** Directions i of the first adapter upon directions j of the second. */
export function pairModel(
  module: ModuleSimilarity,
  side: Side,
  titles: { rows: string; columns: string },
): HeatMapModel {
  const phi = module[side];
  const numbers = (count: number): string[] =>
    Array.from({ length: count }, (_, i) => String(i + 1));
  return {
    rows: numbers(phi.length),
    columns: numbers(phi[0]?.length ?? 0),
    rowTitle: titles.rows,
    columnTitle: titles.columns,
    values: phi.flat(),
    ...{ low: 0, high: 1 },
  };
}

// The plots as rows of tables, sorted as the user asks.
import type { PlotModel, SeriesFit } from './plots';
import { currentPoints, type PlotPoint } from './selection';

export interface Sorting<Column extends string> {
  column: Column;
  descending: boolean;
}

/** A second click turns the order round. */
export function nextSorting<Column extends string>(
  { column, descending }: Sorting<Column>,
  clicked: Column,
): Sorting<Column> {
  return clicked === column
    ? { column, descending: !descending }
    : { column: clicked, descending: false };
}

type Cell = string | number | null;

export type FitColumn = 'run' | 'module' | 'points' | 'slope' | 'correlation' | 'low' | 'high';
export type FitRow = Record<FitColumn, Cell>;

export function fitRows(plots: readonly PlotModel[], nameOf: (type: string) => string): FitRow[] {
  return plots.flatMap(({ type, fits }) => fits.map((fit) => fitRow(fit, nameOf(type))));
}

function fitRow(
  { series, points, slope, correlation, interval }: SeriesFit,
  module: string,
): FitRow {
  const [low, high] = interval ?? [null, null];
  return { run: series.run.label, module, points, slope, correlation, low, high };
}

export type PointColumn = 'run' | 'step' | 'layer' | 'module' | 'deltaD' | 'deltaM';
export type PointRow = Record<PointColumn, Cell>;

/** Of the step that is shown. */
export function pointRows(
  plots: readonly PlotModel[],
  labelOf: (index: number) => string,
): PointRow[] {
  return plots.flatMap(currentPoints).map((point) => pointRow(point, labelOf(point.index)));
}

function pointRow({ module, step, deltaD, deltaM }: PlotPoint, run: string): PointRow {
  const isInLayer = module.layer !== undefined;
  const name = isInLayer ? module.type : module.name;
  return { run, step, layer: module.layer ?? null, module: name, deltaD, deltaM };
}

/** What has no value goes last, however it is sorted. */
export function sortRows<Column extends string>(
  rows: readonly Record<Column, Cell>[],
  { column, descending }: Sorting<Column>,
): Record<Column, Cell>[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [one[column], other[column]];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
    return sign * String(a).localeCompare(String(b), undefined, { numeric: true });
  });
}

// Rows of the table: of what was evaluated, with intervals, and as published.
import type { AccuracyRow, Figure } from '../../extension/shared/pages/accuracyPage';
import type { PublishedRow } from '../../extension/shared/published/table1';
import type { SeedFigure } from '../../extension/shared/statistics/acrossSeeds';
import type { Interval } from '../../extension/shared/statistics/interval';
import { macroAverage } from '../../extension/shared/statistics/macroAverage';
import { wilsonInterval } from '../../extension/shared/statistics/wilson';
import { averageOf, type Average } from './averages';
import type { TaskColumn } from './columns';

/** In percent, all of it. */
interface ShownFigure {
  interval: Interval | null;
  /** Over seeds; null of a single run. */
  seeds: SeedFigure | null;
  isBest: boolean;
}

export interface Cell extends ShownFigure {
  task: string;
  /** Null where there is none; over seeds the mean. */
  accuracy: number | null;
  /** Null of published rows and over seeds. */
  figure: Figure | null;
}

export interface TableRow {
  id: string;
  name: string;
  /** Of the group it belongs to: experiment or published model. */
  groupId: string;
  groupName: string;
  method: string;
  trainablePercent: number | null;
  cells: Cell[];
  average: Average & ShownFigure;
  /** Of a row over seeds its newest run. */
  own: AccuracyRow | null;
  published: PublishedRow | null;
  /** Runs that differ by their seed, of a row over seeds. */
  members: TableRow[];
  /** Id of the row over seeds that this one is shown under. */
  parentId: string | null;
}

/** Ids of published groups; no path is like them. */
const publishedPrefix = 'published:';

/** Id of the group of a user's row. */
export function groupIdOf({ kind, experimentFile, experiment }: AccuracyRow): string {
  return kind === 'model' ? 'models' : `${experimentFile}#${experiment}`;
}

export function accuracyOf({ n, correct }: Figure): number {
  return n === 0 ? 0 : (100 * correct) / n;
}

export function inPercent({ low, high }: Interval): Interval {
  return { low: 100 * low, high: 100 * high };
}

export function ownRow(
  row: AccuracyRow,
  columns: readonly TaskColumn[],
  averaged: readonly string[],
): TableRow {
  const cells = columns.map(({ task }): Cell => {
    const figure = row.figures.find((one) => one.task === task) ?? null;
    return {
      ...{ task, figure, seeds: null, isBest: false },
      accuracy: figure && accuracyOf(figure),
      interval: figure && inPercent(wilsonInterval(figure.correct, figure.n)),
    };
  });
  const scores = new Map(cells.map(({ task, accuracy }) => [task, accuracy]));
  const average = averageOf(scores, averaged);
  const figures = cells.flatMap(({ task, figure }) =>
    figure !== null && averaged.includes(task) ? [figure] : [],
  );
  const macro = average.value === null ? undefined : macroAverage(figures);
  return {
    id: row.id,
    name: row.name,
    groupId: groupIdOf(row),
    groupName: row.experiment,
    method: row.method,
    trainablePercent: row.trainablePercent,
    cells,
    average: {
      ...average,
      ...{ interval: macro ? inPercent(macro.interval) : null, seeds: null, isBest: false },
    },
    ...{ own: row, published: null, members: [], parentId: null },
  };
}

export function publishedRow(row: PublishedRow, columns: readonly TaskColumn[]): TableRow {
  const unknown = { interval: null, seeds: null, isBest: false };
  const cells = columns.map(({ task }): Cell => {
    return { task, ...unknown, figure: null, accuracy: row.scores[task] ?? null };
  });
  const tasks = Object.keys(row.scores).filter((task) => columns.some((one) => one.task === task));
  const isWhole = tasks.length === Object.keys(row.scores).length;
  const computed = averageOf(new Map(Object.entries(row.scores)), tasks);
  return {
    id: `${publishedPrefix}${row.model} ${row.method}`,
    name: row.method,
    groupId: `${publishedPrefix}${row.model}`,
    groupName: row.model,
    method: row.method,
    trainablePercent: row.trainablePercent,
    cells,
    // As printed, as long as every task is there that it was printed for.
    average: { ...(isWhole ? { value: row.average, tasks, missing: [] } : computed), ...unknown },
    ...{ own: null, published: row, members: [], parentId: null },
  };
}

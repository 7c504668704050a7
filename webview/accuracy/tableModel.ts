// The table as it is shown: which rows in which order, their figures with intervals, what is best, averages.
import type { AccuracyRow, Figure } from '../../extension/shared/pages/accuracyPage';
import type { PublishedRow } from '../../extension/shared/published/table1';
import type { Interval } from '../../extension/shared/statistics/interval';
import { wilsonInterval } from '../../extension/shared/statistics/wilson';
import { averageOf, meanOf, type Average } from './averages';
import { markBest } from './best';
import { taskColumns, type TaskColumn } from './columns';
import { orderRows, type Sorting } from './order';

export interface TableOptions {
  search: string;
  /** Id of a group of the user's rows; empty for all. */
  experiment: string;
  /** "DoRA"; empty for all. */
  method: string;
  checkpoints: 'best' | 'all';
  isGrouped: boolean;
  /** Tasks, `parameters`, `average`. */
  hidden: readonly string[];
  sorting: Sorting | null;
  /** Whose published rows are shown. */
  publishedModels: readonly string[];
}

export interface Cell {
  task: string;
  /** In percent; null where there is none. */
  accuracy: number | null;
  /** Of the user's own figures, in percent. */
  interval: Interval | null;
  figure: Figure | null;
  isBest: boolean;
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
  average: Average & { isBest: boolean };
  own: AccuracyRow | null;
  published: PublishedRow | null;
}

export interface TableGroup {
  id: string;
  /** Empty where rows are not grouped. */
  name: string;
  isPublished: boolean;
  rows: TableRow[];
}

export interface Table {
  columns: TaskColumn[];
  /** Every task there is, hidden ones too. */
  allColumns: TaskColumn[];
  showsParameters: boolean;
  showsAverage: boolean;
  /** Tasks that the average of the user's rows is over. */
  averaged: string[];
  groups: TableGroup[];
}

/** Ids of published groups; no path is like them. */
const publishedPrefix = 'published:';

export function makeTable(
  rows: readonly AccuracyRow[],
  published: readonly PublishedRow[],
  options: TableOptions,
): Table {
  const { hidden } = options;
  const own = rows.filter((row) => row.figures.length > 0 && isFound(row, options));
  const shownOwn = options.checkpoints === 'best' ? bestCheckpoints(own) : own;
  const shownPublished = published.filter(({ model }) => options.publishedModels.includes(model));
  const allColumns = taskColumns(rows, shownPublished);
  const columns = allColumns.filter(({ task }) => !hidden.includes(task));
  const averaged = columns.map(({ task }) => task).filter((task) => hasFigure(shownOwn, task));
  const tableRows = markBest([
    ...shownOwn.map((row) => ownRow(row, columns, averaged)),
    ...shownPublished.map((row) => publishedRow(row, columns)),
  ]);
  return {
    columns,
    allColumns,
    showsParameters: !hidden.includes('parameters'),
    showsAverage: !hidden.includes('average'),
    averaged,
    groups: groupRows(tableRows, options),
  };
}

/** Id of the group of a user's row. */
export function groupIdOf({ kind, experimentFile, experiment }: AccuracyRow): string {
  return kind === 'model' ? 'models' : `${experimentFile}#${experiment}`;
}

function isFound(row: AccuracyRow, { search, experiment, method }: TableOptions): boolean {
  if (experiment !== '' && groupIdOf(row) !== experiment) return false;
  if (method !== '' && row.method !== method) return false;
  const text = `${row.name} ${row.experiment} ${row.model} ${row.method}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Of each run the one with the most tasks, among them the highest mean, among them the latest. */
function bestCheckpoints(rows: readonly AccuracyRow[]): AccuracyRow[] {
  const best = new Map<string, AccuracyRow>();
  for (const row of rows) {
    const known = best.get(row.folder);
    if (known === undefined || isBetter(row, known)) best.set(row.folder, row);
  }
  return [...best.values()];
}

function isBetter(row: AccuracyRow, other: AccuracyRow): boolean {
  const tasks = row.figures.length - other.figures.length;
  if (tasks !== 0) return tasks > 0;
  const mean = meanOf(row.figures.map(accuracyOf)) - meanOf(other.figures.map(accuracyOf));
  if (mean !== 0) return mean > 0;
  return (row.step ?? Infinity) > (other.step ?? Infinity);
}

function accuracyOf({ n, correct }: Figure): number {
  return n === 0 ? 0 : (100 * correct) / n;
}

function hasFigure(rows: readonly AccuracyRow[], task: string): boolean {
  return rows.some(({ figures }) => figures.some((figure) => figure.task === task));
}

function ownRow(row: AccuracyRow, columns: TaskColumn[], averaged: string[]): TableRow {
  const cells = columns.map(({ task }) => {
    const figure = row.figures.find((one) => one.task === task) ?? null;
    return {
      task,
      figure,
      accuracy: figure && accuracyOf(figure),
      interval: figure && percentInterval(figure),
      isBest: false,
    };
  });
  const scores = new Map(cells.map(({ task, accuracy }) => [task, accuracy]));
  return {
    id: row.id,
    name: row.name,
    groupId: groupIdOf(row),
    groupName: row.experiment,
    method: row.method,
    trainablePercent: row.trainablePercent,
    cells,
    average: { ...averageOf(scores, averaged), isBest: false },
    own: row,
    published: null,
  };
}

function percentInterval({ correct, n }: Figure): Interval {
  const { low, high } = wilsonInterval(correct, n);
  return { low: 100 * low, high: 100 * high };
}

function publishedRow(row: PublishedRow, columns: TaskColumn[]): TableRow {
  const cells = columns.map(({ task }) => ({
    ...{ task, figure: null, interval: null, isBest: false },
    accuracy: row.scores[task] ?? null,
  }));
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
    average: {
      ...(isWhole ? { value: row.average, tasks, missing: [] } : computed),
      isBest: false,
    },
    own: null,
    published: row,
  };
}

function groupRows(rows: TableRow[], { isGrouped, sorting }: TableOptions): TableGroup[] {
  if (!isGrouped) {
    const group = { id: 'all', name: '', isPublished: false, rows: orderRows(rows, sorting) };
    return rows.length === 0 ? [] : [group];
  }
  const groups = new Map<string, TableGroup>();
  for (const row of orderRows(rows, sorting)) {
    const isPublished = row.published !== null;
    const group = groups.get(row.groupId) ?? {
      ...{ id: row.groupId, name: row.groupName, isPublished, rows: [] },
    };
    group.rows.push(row);
    groups.set(row.groupId, group);
  }
  return inGroupOrder([...groups.values()], rows);
}

/** Sorting is within groups: they themselves stay where they are. */
function inGroupOrder(groups: TableGroup[], rows: readonly TableRow[]): TableGroup[] {
  const order = [...new Set(orderRows(rows, null).map(({ groupId }) => groupId))];
  return groups.sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
}

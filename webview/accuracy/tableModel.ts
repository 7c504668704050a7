// The table as it is shown: which rows in which order and groups, what is best, seeds folded or open.
import type { AccuracyRow } from '../../extension/shared/pages/accuracyPage';
import type { PublishedRow } from '../../extension/shared/published/table1';
import { groupsOf, type GroupedTask, type TaskGroup } from '../../extension/shared/taskGroups';
import { meanOf } from './averages';
import { markBest } from './best';
import { taskColumns, type TaskColumn } from './columns';
import { orderRows, type Sorting } from './order';
import { foldSeeds } from './seedRows';
import { accuracyOf, groupIdOf, ownRow, publishedRow, type TableRow } from './tableRows';

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
  /** Group of tasks that is averaged: empty for those without a group, null for the largest. */
  averagedGroup: string | null;
  /** Whose published rows are shown. */
  publishedModels: readonly string[];
  /** Ids of rows over seeds whose runs are shown too. */
  openSeeds: readonly string[];
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
  /** Those of written answers, the largest first: any can be averaged. */
  taskGroups: TaskGroup[];
  /** Tasks that the average of the user's rows is over, and what they belong to: empty for tasks without a group. */
  averaged: string[];
  averagedGroup: string;
  groups: TableGroup[];
}

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
  const taskGroups = groupsOf(
    columns
      .filter(({ task, protocol }) => protocol === 'generation' && hasFigure(shownOwn, task))
      .map(({ task }) => groupedTask(task, rows)),
  );
  const chosen = taskGroups.find(({ group }) => group === options.averagedGroup) ?? taskGroups[0];
  const { tasks: averaged, group: averagedGroup } = chosen ?? { tasks: [], group: '' };
  const tableRows = markBest([
    ...foldSeeds(
      shownOwn.map((row) => ownRow(row, columns, averaged)),
      options.checkpoints,
      averaged,
    ),
    ...shownPublished.map((row) => publishedRow(row, columns)),
  ]);
  return {
    columns,
    allColumns,
    showsParameters: !hidden.includes('parameters'),
    showsAverage: !hidden.includes('average'),
    ...{ taskGroups, averaged, averagedGroup },
    groups: groupRows(tableRows, options),
  };
}

/** As the newest row that was asked it has it: a task's document may have changed. */
function groupedTask(task: string, rows: readonly AccuracyRow[]): GroupedTask {
  let newest = '';
  let group: string | undefined;
  for (const { created, figures } of rows) {
    const found = figures.find((figure) => figure.task === task)?.group;
    if (found === undefined || created < newest) continue;
    [newest, group] = [created, found];
  }
  return { task, ...(group !== undefined && { group }) };
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
  const mean = writtenMean(row) - writtenMean(other);
  if (mean !== 0) return mean > 0;
  return (row.step ?? Infinity) > (other.step ?? Infinity);
}

/** Of choices alone, where the model wrote nothing. */
function writtenMean({ figures }: AccuracyRow): number {
  const written = figures.filter(({ protocol }) => protocol === undefined);
  return meanOf((written.length > 0 ? written : figures).map(accuracyOf));
}

function hasFigure(rows: readonly AccuracyRow[], task: string): boolean {
  return rows.some(({ figures }) => figures.some((figure) => figure.task === task));
}

function groupRows(
  rows: TableRow[],
  { isGrouped, sorting, openSeeds }: TableOptions,
): TableGroup[] {
  const opened = (ordered: readonly TableRow[]): TableRow[] =>
    ordered.flatMap((row) => (openSeeds.includes(row.id) ? [row, ...row.members] : [row]));
  if (!isGrouped) {
    const group = { id: 'all', name: '', isPublished: false };
    return rows.length === 0 ? [] : [{ ...group, rows: opened(orderRows(rows, sorting)) }];
  }
  const groups = new Map<string, TableGroup>();
  for (const row of orderRows(rows, sorting)) {
    const isPublished = row.published !== null;
    const group = groups.get(row.groupId) ?? {
      ...{ id: row.groupId, name: row.groupName, isPublished, rows: [] },
    };
    group.rows.push(...opened([row]));
    groups.set(row.groupId, group);
  }
  return inGroupOrder([...groups.values()], rows);
}

/** Sorting is within groups: they themselves stay where they are. */
function inGroupOrder(groups: TableGroup[], rows: readonly TableRow[]): TableGroup[] {
  const order = [...new Set(orderRows(rows, null).map(({ groupId }) => groupId))];
  return groups.sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
}

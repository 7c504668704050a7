// Every row of the table against one of them: what the host is asked for that, and the differences with their
// correction for being many.
import { isSignificant } from '../../extension/shared/comparisonText';
import {
  compareSeeds,
  compareTasks,
  turnedRound,
  type Compared,
  type TaskPair,
} from '../../extension/shared/statistics/compared';
import { holm } from '../../extension/shared/statistics/holm';
import type { Table } from './tableModel';
import type { TableRow } from './tableRows';

/** How one row is compared with the reference. */
export interface ComparisonPlan {
  rowId: string;
  /** Ids of the host's rows that are paired, each with the tasks' figures that tell whether it must be done again. */
  pairings: readonly { firstId: string; secondId: string }[];
  /** From what the host says of each pairing. */
  compare: (pairs: readonly (readonly TaskPair[])[]) => Compared[];
  /** Changes when the outcome may. */
  version: string;
}

export interface Difference {
  compared: Compared;
  /** After Holm, of all comparisons of the table. */
  correctedP: number;
  isSignificant: boolean;
}

export interface RowDifferences {
  average: Difference | null;
  tasks: ReadonlyMap<string, Difference>;
}

export interface TableDifferences {
  referenceId: string;
  /** Comparisons that the table makes. */
  comparisons: number;
  /** Of the rows that are compared already. */
  rows: ReadonlyMap<string, RowDifferences>;
  /** Rows that still wait. */
  waiting: number;
}

export function rowsOf({ groups }: Pick<Table, 'groups'>): TableRow[] {
  return groups.flatMap(({ rows }) => rows);
}

/** Published rows have no answers; a run and the seeds that it is one of are not set against each other. */
export function comparisonPlans(table: Table, reference: TableRow): ComparisonPlan[] {
  return rowsOf(table).flatMap((row) => {
    const isItself = row.id === reference.id || row.parentId === reference.id;
    if (isItself || row.published !== null || reference.parentId === row.id) return [];
    return [planOf(row, reference, table)];
  });
}

function planOf(row: TableRow, reference: TableRow, table: Table): ComparisonPlan {
  const rows = runsOf(row);
  const [anchor, ...others] = runsOf(reference);
  const isTurned = rows.length === 1 && others.length > 0;
  const pairings = isTurned
    ? pairWith([...(anchor === undefined ? [] : [anchor]), ...others], rows[0])
    : pairWith([...rows, ...others], anchor);
  const compare = (pairs: readonly (readonly TaskPair[])[]): Compared[] => {
    if (rows.length === 1 && others.length === 0) return compareTasks(pairs[0] ?? []);
    if (isTurned) return compareSeeds(pairs, null).map(turnedRound);
    const [own, rest] = [pairs.slice(0, rows.length), pairs.slice(rows.length)];
    return compareSeeds(own, others.length === 0 ? null : rest);
  };
  const figures = [...rows, anchor, ...others].map((one) =>
    one?.cells.map(({ task, figure }) => [task, figure?.n, figure?.correct]),
  );
  return {
    rowId: row.id,
    pairings,
    compare: (pairs) => shownOnly(compare(pairs.map((one) => inTable(one, table))), table),
    version: JSON.stringify([pairings, figures, table.averaged]),
  };
}

function runsOf(row: TableRow): TableRow[] {
  return row.members.length > 0 ? row.members : [row];
}

function pairWith(rows: readonly TableRow[], anchor: TableRow | undefined) {
  return rows.map(({ id }) => ({ firstId: id, secondId: anchor?.id ?? id }));
}

function inTable(pairs: readonly TaskPair[], { columns }: Table): TaskPair[] {
  return pairs.filter(({ task }) => columns.some((column) => column.task === task));
}

/** An average over another group, or over some of the tasks, stands in no column. */
function shownOnly(
  compared: readonly Compared[],
  { averaged, averagedGroup, showsAverage }: Table,
): Compared[] {
  const isColumn = ({ group, tasks }: Compared): boolean =>
    showsAverage && group === averagedGroup && tasks === averaged.length;
  return compared.filter((one) => one.task !== '' || isColumn(one));
}

/** `known` by row; a row that is not in it still waits. */
export function tableDifferences(
  referenceId: string,
  plans: readonly ComparisonPlan[],
  known: ReadonlyMap<string, readonly Compared[]>,
): TableDifferences {
  const all = plans.flatMap(({ rowId }) =>
    (known.get(rowId) ?? []).map((compared) => ({ rowId, compared })),
  );
  const corrected = holm(all.map(({ compared }) => compared.pValue));
  const rows = new Map<string, { average: Difference | null; tasks: Map<string, Difference> }>();
  for (const { rowId } of plans) {
    if (known.has(rowId)) rows.set(rowId, { average: null, tasks: new Map() });
  }
  const waiting = plans.length - rows.size;
  for (const [place, { rowId, compared }] of all.entries()) {
    const correctedP = corrected[place] ?? 1;
    // What holds among a part of the comparisons need not hold among all.
    const isMarked = waiting === 0 && isSignificant(correctedP);
    const difference = { compared, correctedP, isSignificant: isMarked };
    const row = rows.get(rowId);
    if (compared.task === '') rows.set(rowId, { tasks: new Map(), ...row, average: difference });
    else row?.tasks.set(compared.task, difference);
  }
  return { referenceId, comparisons: all.length, rows, waiting };
}

/** What is said of a row in one sentence: its average, or its only task. */
export function mainDifference({ average, tasks }: RowDifferences): Difference | null {
  if (average !== null) return average;
  const [only] = tasks.values();
  return tasks.size === 1 ? (only ?? null) : null;
}

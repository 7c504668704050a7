// The order of rows: by a column's head, or as they were made.
import { averageColumn, nameColumn, parametersColumn, taskColumnId } from './columns';
import type { TableRow } from './tableRows';

export interface Sorting {
  /** See columns.ts. */
  column: string;
  descending: boolean;
}

/** Rows without a figure are last, either way; equal ones keep the order they were made in. */
export function orderRows(rows: readonly TableRow[], sorting: Sorting | null): TableRow[] {
  const natural = inMakingOrder(rows);
  if (sorting === null) return natural;
  const sign = sorting.descending ? -1 : 1;
  return natural.sort((a, b) => {
    const [first, second] = [valueOf(a, sorting.column), valueOf(b, sorting.column)];
    if (first === null || second === null) return Number(first === null) - Number(second === null);
    return sign * compare(first, second);
  });
}

/** What a click on a column's head does next: best first, then the other way, then as made. */
export function nextSorting(sorting: Sorting | null, column: string): Sorting | null {
  const isText = column === nameColumn;
  if (sorting?.column !== column) return { column, descending: !isText };
  return sorting.descending === isText ? null : { column, descending: isText };
}

function valueOf(row: TableRow, column: string): string | number | null {
  if (column === nameColumn) return row.name;
  if (column === parametersColumn) return row.trainablePercent;
  if (column === averageColumn) return row.average.value;
  return row.cells.find(({ task }) => taskColumnId(task) === column)?.accuracy ?? null;
}

/**
 * The experiment with the newest run first; in it runs and their checkpoints as they came. Published rows follow,
 * as the paper prints them.
 */
function inMakingOrder(rows: readonly TableRow[]): TableRow[] {
  const newest = new Map<string, string>();
  for (const { groupId, own } of rows) {
    const created = own?.created ?? '';
    if (created > (newest.get(groupId) ?? '')) newest.set(groupId, created);
  }
  const newestOf = ({ groupId }: TableRow): string => newest.get(groupId) ?? '';
  return [...rows].sort((a, b) => {
    const [first, second] = [a.own, b.own];
    if (first === null || second === null) return Number(first === null) - Number(second === null);
    if (first.kind !== second.kind) return first.kind === 'run' ? -1 : 1;
    return (
      compare(newestOf(b), newestOf(a)) ||
      compare(a.groupId, b.groupId) ||
      compare(first.created, second.created) ||
      compare(first.folder, second.folder) ||
      (first.step ?? Infinity) - (second.step ?? Infinity)
    );
  });
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === 'string' && typeof b === 'string') {
    return a.localeCompare(b, undefined, { numeric: true });
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

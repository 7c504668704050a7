// What a CSV of accuracies has of other measures: more columns of the same rows, and rows of their own for what has no
// accuracy.
import type { AccuracyRow } from '../../extension/shared/pages/accuracyPage';

type CsvCells = readonly (string | number)[];

export interface SideColumns {
  head: readonly string[];
  rows: readonly { row: AccuracyRow; cells: CsvCells }[];
}

/** Side by side, by row. */
export function joinColumns(sides: readonly SideColumns[]): SideColumns {
  const found = sides.flatMap(({ rows }) => rows.map(({ row }) => row));
  const rows = [...new Map(found.map((row) => [row.id, row])).values()];
  return {
    head: sides.flatMap(({ head }) => head),
    rows: rows.map((row) => ({
      row,
      cells: sides.flatMap((side) => cellsOf(side, row.id)),
    })),
  };
}

/** Empty for a row without any. */
export function cellsOf({ head, rows }: SideColumns, id: string): CsvCells {
  return rows.find(({ row }) => row.id === id)?.cells ?? head.map(() => '');
}

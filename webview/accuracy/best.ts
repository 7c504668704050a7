// What is printed in bold: the best of each column among the user's rows, and among the published rows of one
// model, as the paper has it.
import type { TableRow } from './tableRows';

/** Figures that print alike are equally good. */
function printed(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The same rows, marked. One figure alone in its column is no best. */
export function markBest(rows: readonly TableRow[]): TableRow[] {
  const cohorts = new Map<string, TableRow[]>();
  for (const row of rows) {
    const cohort = row.published === null ? 'own' : row.groupId;
    cohorts.set(cohort, [...(cohorts.get(cohort) ?? []), row]);
  }
  const marked = new Map([...cohorts.values()].flatMap(markCohort).map((row) => [row.id, row]));
  return rows.map((row) => marked.get(row.id) ?? row);
}

function markCohort(rows: readonly TableRow[]): TableRow[] {
  // Answers that are still being written may all be easy ones.
  const settled = rows.filter(({ own }) => own?.isEvaluating !== true);
  const columns = rows[0]?.cells.length ?? 0;
  const best = Array.from({ length: columns }, (_, i) =>
    highest(settled.map(({ cells }) => cells[i]?.accuracy ?? null)),
  );
  const bestAverage = highest(settled.map(({ average }) => average.value));
  return rows.map((row) => {
    const isSettled = settled.includes(row);
    const is = (value: number | null, top: number | undefined): boolean =>
      isSettled && value !== null && top !== undefined && printed(value) === top;
    return {
      ...row,
      cells: row.cells.map((cell, i) => ({ ...cell, isBest: is(cell.accuracy, best[i]) })),
      average: { ...row.average, isBest: is(row.average.value, bestAverage) },
    };
  });
}

/** As printed; undefined where there is nothing to compare with. */
function highest(values: readonly (number | null)[]): number | undefined {
  const known = values.filter((value) => value !== null);
  return known.length < 2 ? undefined : printed(Math.max(...known));
}

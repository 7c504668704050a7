// Runs that differ by their seed alone, folded into one row: the mean of their figures and how far they scatter.
import type { AccuracyRow } from '../../extension/shared/pages/accuracyPage';
import { acrossSeeds, type SeedFigure } from '../../extension/shared/statistics/acrossSeeds';
import { within } from '../../extension/shared/statistics/interval';
import type { Cell, TableRow } from './tableRows';

/** In the place of its first run a row for each two seeds or more; what has no other seed stays as it is. */
export function foldSeeds(
  rows: readonly TableRow[],
  checkpoints: 'best' | 'all',
  averaged: readonly string[],
): TableRow[] {
  const families = new Map<string, TableRow[]>();
  for (const row of rows) {
    const key = familyOf(row, checkpoints);
    families.set(key, [...(families.get(key) ?? []), row]);
  }
  return [...families].flatMap(([key, family]) => {
    const members = newestOfEachSeed(family);
    if (members.length < 2) return family;
    const others = family.filter((row) => !members.includes(row));
    return [seedRow(`seeds:${key}`, members, averaged), ...others];
  });
}

/** Checkpoints are alike at the same step only, unless each run is shown at its best. */
function familyOf({ id, groupId, own }: TableRow, checkpoints: 'best' | 'all'): string {
  if (own?.seed == null) return id;
  return JSON.stringify([groupId, own.seed.group, checkpoints === 'all' ? own.step : null]);
}

/** A seed that ran twice is no second observation. */
function newestOfEachSeed(rows: readonly TableRow[]): TableRow[] {
  const newest = new Map<number, TableRow>();
  for (const row of rows) {
    if (row.own?.seed == null) continue;
    const known = newest.get(row.own.seed.seed);
    if (known?.own == null || known.own.created < row.own.created) {
      newest.set(row.own.seed.seed, row);
    }
  }
  return [...newest].sort(([a], [b]) => a - b).map(([, row]) => row);
}

function seedRow(id: string, members: TableRow[], averaged: readonly string[]): TableRow {
  const [first] = members;
  if (first?.own == null) throw new Error('a row over seeds has runs');
  const cells = first.cells.map((_, column) => seedCell(members, column));
  const missing = cells.filter(
    ({ task, seeds }) => averaged.includes(task) && seeds?.seeds !== members.length,
  );
  const averages = members.flatMap(({ average }) => average.value ?? []);
  const seeds =
    missing.length > 0 || averages.length < members.length ? null : accuracyOverSeeds(averages);
  return {
    ...first,
    id,
    name: first.own.seed?.name ?? first.name,
    cells,
    average: {
      tasks: averaged,
      missing: missing.map(({ task }) => task),
      ...{ value: seeds?.mean ?? null, interval: seeds?.interval ?? null, seeds, isBest: false },
    },
    own: ownOf(members, first.own),
    members: members.map((member) => ({ ...member, parentId: id })),
  };
}

/** Figures of different numbers of questions have no mean. */
function seedCell(members: readonly TableRow[], column: number): Cell {
  const cells = members.flatMap(({ cells: all }) => all[column] ?? []);
  const figures = cells.flatMap(({ figure }) => figure ?? []);
  const isAlike = figures.every(({ n }) => n === figures[0]?.n);
  const values = cells.flatMap(({ accuracy }) => accuracy ?? []);
  const seeds = isAlike ? accuracyOverSeeds(values) : null;
  return {
    task: cells[0]?.task ?? '',
    figure: null,
    ...{ accuracy: seeds?.mean ?? null, interval: seeds?.interval ?? null, seeds, isBest: false },
  };
}

/** Student's interval knows no bounds, an accuracy does. */
function accuracyOverSeeds(percents: readonly number[]): SeedFigure | null {
  const found = acrossSeeds(percents);
  if (found === undefined) return null;
  return { ...found, interval: found.interval && within(found.interval, { low: 0, high: 100 }) };
}

function ownOf(members: readonly TableRow[], first: AccuracyRow): AccuracyRow {
  const owns = members.flatMap(({ own }) => own ?? []);
  return {
    ...first,
    step: owns.every(({ step }) => step === first.step) ? first.step : null,
    isEvaluating: owns.some(({ isEvaluating }) => isEvaluating),
  };
}

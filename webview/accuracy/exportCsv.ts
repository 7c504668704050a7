// The table as CSV: numbers as they are, a row for spreadsheets.
import { comparisonSentence } from '../../extension/shared/comparisonText';
import type { Translate } from '../../extension/shared/translate';
import { mainDifference, rowsOf, type Difference, type TableDifferences } from './differences';
import { referenceName } from './exportNames';
import type { Table } from './tableModel';

/** Figures of each task with n and interval, and with their differences where there is a reference. */
export function toCsv(
  table: Table,
  { differences, t }: { differences: TableDifferences | null; t: Translate },
): string {
  const hasSeeds = rowsOf(table).some(({ members }) => members.length > 0);
  const head = [
    ...['group', 'published', 'method', 'step', 'trainable_percent'],
    ...(hasSeeds ? ['seeds'] : []),
    ...table.columns.flatMap(({ task }) => [
      ...[task, `${task}_n`, `${task}_low`, `${task}_high`],
      ...(hasSeeds ? [`${task}_sd`] : []),
      ...differenceHead(task, differences),
    ]),
    'average',
    ...(hasSeeds ? ['average_sd'] : []),
    ...differenceHead('average', differences),
    ...(differences === null ? [] : ['against', 'in_words']),
  ];
  const reference = differences === null ? '' : referenceName(table, differences, t);
  const rows = table.groups.flatMap(({ rows: shown }) =>
    shown.map((row) => {
      const found = differences?.rows.get(row.id);
      const main = found && mainDifference(found);
      return [
        row.own?.kind === 'model' ? t('Models') : row.groupName,
        row.published === null ? 'no' : 'yes',
        row.name,
        row.own?.step ?? '',
        row.trainablePercent ?? '',
        ...(hasSeeds ? [row.members.length || (row.own === null ? '' : 1)] : []),
        ...row.cells.flatMap(({ task, accuracy, figure, interval, seeds }) => [
          ...[accuracy, figure?.n, interval?.low, interval?.high].map((value) => value ?? ''),
          ...(hasSeeds ? [seeds?.deviation ?? ''] : []),
          ...differenceCells(found?.tasks.get(task), differences),
        ]),
        row.average.value ?? '',
        ...(hasSeeds ? [row.average.seeds?.deviation ?? ''] : []),
        ...differenceCells(found?.average ?? undefined, differences),
        ...(differences === null
          ? []
          : [main ? reference : '', main ? comparisonSentence(main.compared, t) : '']),
      ];
    }),
  );
  return [head, ...rows].map((cells) => `${cells.map(csvCell).join(',')}\n`).join('');
}

function differenceHead(name: string, differences: TableDifferences | null): string[] {
  if (differences === null) return [];
  return ['difference', 'difference_low', 'difference_high', 'p', 'p_holm'].map(
    (what) => `${name}_${what}`,
  );
}

/** Points, and p values in as many digits as they have. */
function differenceCells(
  found: Difference | undefined,
  differences: TableDifferences | null,
): (string | number)[] {
  if (differences === null) return [];
  if (found === undefined) return ['', '', '', '', ''];
  const { difference, interval, pValue } = found.compared;
  const points = [difference, interval.low, interval.high].map((share) => 100 * share);
  return [...points, pValue.toPrecision(4), found.correctedP.toPrecision(4)];
}

export function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(Math.round(value * 1e4) / 1e4);
  return /[",\n\r]/.test(value) ? `"${value.replace(/"/g, '""')}"` : value;
}

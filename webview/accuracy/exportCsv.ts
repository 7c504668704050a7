// The table as CSV: numbers as they are, a row for spreadsheets.
import { comparisonSentence } from '../../extension/shared/comparisonText';
import type { Translate } from '../../extension/shared/translate';
import { csvCell } from '../tables/exportText';
import { mainDifference, rowsOf, type Difference, type TableDifferences } from './differences';
import { referenceName } from './exportNames';
import { cellsOf, type SideColumns } from './sideColumns';
import type { Table } from './tableModel';
import { ownRow, type TableRow } from './tableRows';

interface CsvOptions {
  differences: TableDifferences | null;
  /** Of other measures. */
  others: { columns: SideColumns };
  t: Translate;
}

/** Figures of each task with n and interval, with their differences where there is a reference; then other measures. */
export function toCsv(table: Table, options: CsvOptions): string {
  const { columns } = options.others;
  const shown = rowsOf(table);
  const hasSeeds = shown.some(({ members }) => members.length > 0);
  const ids = new Set(shown.map(({ id }) => id));
  const others = columns.rows
    .filter(({ row }) => !ids.has(row.id))
    .map(({ row }) => ownRow({ ...row, figures: [] }, table.columns, table.averaged));
  const lines = [...shown, ...others].map((row) => [
    ...csvRow(row, { ...options, table, hasSeeds }),
    ...cellsOf(columns, row.id),
  ]);
  const head = [...csvHead(table, hasSeeds, options.differences), ...columns.head];
  return [head, ...lines].map((cells) => `${cells.map(csvCell).join(',')}\n`).join('');
}

function csvHead(
  { columns }: Table,
  hasSeeds: boolean,
  differences: TableDifferences | null,
): string[] {
  return [
    ...['group', 'published', 'method', 'step', 'trainable_percent'],
    ...(hasSeeds ? ['seeds'] : []),
    ...columns.flatMap(({ task }) => [
      ...[task, `${task}_n`, `${task}_low`, `${task}_high`],
      ...(hasSeeds ? [`${task}_sd`] : []),
      ...differenceHead(task, differences),
    ]),
    'average',
    ...(hasSeeds ? ['average_sd'] : []),
    ...differenceHead('average', differences),
    ...(differences === null ? [] : ['against', 'in_words']),
  ];
}

interface CsvTable extends CsvOptions {
  table: Table;
  hasSeeds: boolean;
}

function csvRow(row: TableRow, { table, hasSeeds, differences, t }: CsvTable): (string | number)[] {
  const found = differences?.rows.get(row.id);
  const main = found && mainDifference(found);
  const reference = differences === null ? '' : referenceName(table, differences, t);
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

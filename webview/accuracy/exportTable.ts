// The table as text for papers and spreadsheets: Markdown, LaTeX with booktabs, CSV.
import { countText, signedPoints } from '../../extension/shared/comparisonText';
import type { Translate } from '../../extension/shared/translate';
import type { Difference, TableDifferences } from './differences';
import { exportPlain } from '../tables/exportPlain';
import {
  escapeLatex,
  escapeMarkdown,
  latexLine,
  latexTable,
  type ExportFormat,
} from '../tables/exportText';
import type { PlainTable } from '../tables/plainTable';
import { toCsv } from './exportCsv';
import { differencesText, groupTitle, rowTitle } from './exportNames';
import { intervalText, percentText, seedsText, shareText } from './figureText';
import type { SideColumns } from './sideColumns';
import type { Table, TableGroup } from './tableModel';
import type { Cell, TableRow } from './tableRows';

export interface ExportOptions {
  format: ExportFormat;
  /** Other measures on the page: tables behind the accuracies, and columns of a CSV. */
  others: { tables: readonly PlainTable[]; columns: SideColumns };
  /** Intervals and numbers of questions beside the figures; CSV always has them. */
  showsIntervals: boolean;
  /** From the reference row; null where none is chosen. */
  differences: TableDifferences | null;
  t: Translate;
}

export function exportTable(table: Table, options: ExportOptions): string {
  const { format, others } = options;
  if (format === 'csv') return toCsv(table, options);
  const write = { markdown: toMarkdown, latex: toLatex }[format];
  const accuracies = table.groups.length === 0 ? [] : [write(table, options)];
  return [...accuracies, ...others.tables.map((one) => exportPlain(one, format))].join('\n');
}

/** "+2.1 *", as one row's cell has it. */
function pointsWithMark(difference: Difference, mark: string): string {
  const points = signedPoints(100 * difference.compared.difference);
  return difference.isSignificant ? `${points}${mark}` : points;
}

function headings({ columns, showsParameters, showsAverage }: Table, t: Translate): string[] {
  return [
    t('Method'),
    ...(showsParameters ? [t('#Params (%)')] : []),
    ...columns.map(({ heading }) => heading),
    ...(showsAverage ? [t('Avg.')] : []),
  ];
}

interface FigureStyle {
  /** How the format prints the best. */
  strong: (text: string) => string;
  beside: (cell: Cell) => string;
  /** The difference from the reference; the average's has no task. */
  points: (rowId: string, task: string) => string;
}

function pointsStyle(
  differences: TableDifferences | null,
  write: (difference: Difference) => string,
): FigureStyle['points'] {
  return (rowId, task) => {
    const found = differences?.rows.get(rowId);
    const difference = task === '' ? found?.average : found?.tasks.get(task);
    return difference == null ? '' : write(difference);
  };
}

/** The cells of a row behind its name. */
function figures(
  { showsParameters, showsAverage }: Table,
  row: TableRow,
  { strong, beside, points }: FigureStyle,
): string[] {
  const { trainablePercent, cells, average } = row;
  const print = ({ seeds, isBest }: Cell | TableRow['average'], value: number | null): string => {
    if (value === null) return '–';
    const text = seeds === null ? percentText(value) : seedsText(seeds);
    return isBest ? strong(text) : text;
  };
  return [
    ...(showsParameters ? [trainablePercent === null ? '–' : shareText(trainablePercent)] : []),
    ...cells.map((cell) => print(cell, cell.accuracy) + beside(cell) + points(row.id, cell.task)),
    ...(showsAverage ? [print(average, average.value) + points(row.id, '')] : []),
  ];
}

function toMarkdown(table: Table, { showsIntervals, differences, t }: ExportOptions): string {
  const head = headings(table, t).map(escapeMarkdown);
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  const beside = ({ interval, figure }: Cell): string =>
    showsIntervals && interval && figure
      ? ` (${intervalText(interval)}, n ${countText(figure.n)})`
      : '';
  const style: FigureStyle = {
    strong: (text) => `**${text}**`,
    beside,
    points: pointsStyle(differences, (one) => ` [${pointsWithMark(one, '\\*')}]`),
  };
  const body = table.groups.flatMap((group) => [
    ...(group.name === '' && group.id !== 'models'
      ? []
      : [line([`**${escapeMarkdown(groupTitle(group, t))}**`, ...head.slice(1).map(() => '')])]),
    ...group.rows.map((row) => {
      const name = escapeMarkdown(titleIn(group, row, t));
      const title = row.published ? `*${name}*` : name;
      return line([title, ...figures(table, row, style)]);
    }),
  ]);
  const rule = `| :-- | ${head
    .slice(1)
    .map(() => '--:')
    .join(' | ')} |`;
  const note =
    differences === null
      ? []
      : ['', differencesText(table, differences, t).map(escapeMarkdown).join(' ')];
  return [line(head), rule, ...body, ...note, ''].join('\n');
}

/** Without a heading above it a published row says whose it is. */
function titleIn(group: TableGroup, row: TableRow, t: Translate): string {
  const title = rowTitle(row, t);
  if (group.name !== '' || group.id === 'models') return title;
  return row.published ? t('{0} {1}, published', row.groupName, title) : title;
}

function toLatex(table: Table, { showsIntervals, differences, t }: ExportOptions): string {
  const head = headings(table, t);
  const beside = ({ interval, figure }: Cell): string =>
    showsIntervals && interval && figure
      ? ` {\\scriptsize [${intervalText(interval).replace('–', '--')}]}`
      : '';
  const style: FigureStyle = {
    strong: (text) => `\\textbf{${text}}`,
    beside,
    points: pointsStyle(differences, (one) => ` {\\scriptsize (${pointsWithMark(one, '$^{*}$')})}`),
  };
  const body = table.groups.flatMap((group, i) => {
    const isNamed = group.name !== '' || group.id === 'models';
    const title = `\\multicolumn{${head.length}}{l}{\\emph{${escapeLatex(groupTitle(group, t))}}}`;
    const rows = group.rows.map((row) => {
      const name = escapeLatex(titleIn(group, row, t));
      const cells = figures(table, row, style);
      const first = row.published ? `\\textit{${name}}` : name;
      return latexLine([first, ...cells.map(latexFigure)]);
    });
    return [...(i > 0 ? ['    \\midrule'] : []), ...(isNamed ? [latexLine([title])] : []), ...rows];
  });
  return latexTable({
    caption: caption(table, { showsIntervals, differences, t }),
    columns: `l${'r'.repeat(head.length - 1)}`,
    head: head.map(escapeLatex),
    body,
  });
}

/** Signs that figures have, in mathematics. */
function latexFigure(cell: string): string {
  if (cell === '–') return '--';
  return cell.replace(/ ± /g, ' $\\pm$ ').replace(/−/g, '$-$');
}

function caption(
  table: Table,
  { showsIntervals, differences, t }: Omit<ExportOptions, 'format' | 'others'>,
): string {
  const { averaged, showsAverage } = table;
  return [
    t('Accuracy in percent.'),
    ...(showsIntervals ? [t('In brackets 95 % intervals.')] : []),
    ...(showsAverage && averaged.length > 1
      ? [t('Avg.: mean over {0}.', averaged.join(', '))]
      : []),
    ...(differences === null ? [] : differencesText(table, differences, t)),
  ].join(' ');
}

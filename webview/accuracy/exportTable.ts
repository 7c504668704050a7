// The table as text for papers and spreadsheets: Markdown, LaTeX with booktabs, CSV.
import { countText } from '../../extension/shared/comparisonText';
import type { Translate } from '../../extension/shared/translate';
import { intervalText, percentText, shareText } from './figureText';
import type { Cell, Table, TableGroup, TableRow } from './tableModel';

export type ExportFormat = 'markdown' | 'latex' | 'csv';

export const exportExtensions: Record<ExportFormat, string> = {
  markdown: 'md',
  latex: 'tex',
  csv: 'csv',
};

export interface ExportOptions {
  format: ExportFormat;
  /** Intervals and numbers of questions beside the figures; CSV always has them. */
  showsIntervals: boolean;
  t: Translate;
}

export function exportTable(table: Table, options: ExportOptions): string {
  const write = { markdown: toMarkdown, latex: toLatex, csv: toCsv }[options.format];
  return write(table, options);
}

/** "DoRA r16, step 150" */
export function rowTitle({ name, own }: TableRow, t: Translate): string {
  return own?.step == null ? name : t('{0}, step {1}', name, own.step);
}

export function groupTitle({ name, isPublished, id }: TableGroup, t: Translate): string {
  if (isPublished) return t('{0}, published', name);
  return id === 'models' ? t('Models') : name;
}

function headings({ columns, showsParameters, showsAverage }: Table, t: Translate): string[] {
  return [
    t('Method'),
    ...(showsParameters ? [t('#Params (%)')] : []),
    ...columns.map(({ heading }) => heading),
    ...(showsAverage ? [t('Avg.')] : []),
  ];
}

/** The cells of a row behind its name; `strong` is how the format prints the best. */
function figures(
  { showsParameters, showsAverage }: Table,
  row: TableRow,
  strong: (text: string) => string,
  beside: (cell: Cell) => string,
): string[] {
  const { trainablePercent, cells, average } = row;
  const print = (value: number | null, isBest: boolean): string => {
    if (value === null) return '–';
    return isBest ? strong(percentText(value)) : percentText(value);
  };
  return [
    ...(showsParameters ? [trainablePercent === null ? '–' : shareText(trainablePercent)] : []),
    ...cells.map((cell) => print(cell.accuracy, cell.isBest) + beside(cell)),
    ...(showsAverage ? [print(average.value, average.isBest)] : []),
  ];
}

function toMarkdown(table: Table, { showsIntervals, t }: ExportOptions): string {
  const head = headings(table, t).map(escapeMarkdown);
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  const beside = ({ interval, figure }: Cell): string =>
    showsIntervals && interval && figure
      ? ` (${intervalText(interval)}, n ${countText(figure.n)})`
      : '';
  const body = table.groups.flatMap((group) => [
    ...(group.name === '' && group.id !== 'models'
      ? []
      : [line([`**${escapeMarkdown(groupTitle(group, t))}**`, ...head.slice(1).map(() => '')])]),
    ...group.rows.map((row) => {
      const name = escapeMarkdown(titleIn(group, row, t));
      const title = row.published ? `*${name}*` : name;
      return line([title, ...figures(table, row, (text) => `**${text}**`, beside)]);
    }),
  ]);
  const rule = `| :-- | ${head
    .slice(1)
    .map(() => '--:')
    .join(' | ')} |`;
  return [line(head), rule, ...body, ''].join('\n');
}

/** Without a heading above it a published row says whose it is. */
function titleIn(group: TableGroup, row: TableRow, t: Translate): string {
  const title = rowTitle(row, t);
  if (group.name !== '' || group.id === 'models') return title;
  return row.published ? t('{0} {1}, published', row.groupName, title) : title;
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\|<*_`[\]]/g, '\\$&').replace(/\n/g, ' ');
}

function toLatex(table: Table, { showsIntervals, t }: ExportOptions): string {
  const head = headings(table, t);
  const line = (cells: string[]): string => `    ${cells.join(' & ')} \\\\`;
  const beside = ({ interval, figure }: Cell): string =>
    showsIntervals && interval && figure
      ? ` {\\scriptsize [${intervalText(interval).replace('–', '--')}]}`
      : '';
  const body = table.groups.flatMap((group, i) => {
    const isNamed = group.name !== '' || group.id === 'models';
    const title = `\\multicolumn{${head.length}}{l}{\\emph{${escapeLatex(groupTitle(group, t))}}}`;
    const rows = group.rows.map((row) => {
      const name = escapeLatex(titleIn(group, row, t));
      const cells = figures(table, row, (text) => `\\textbf{${text}}`, beside);
      const first = row.published ? `\\textit{${name}}` : name;
      return line([first, ...cells.map((cell) => (cell === '–' ? '--' : cell))]);
    });
    return [...(i > 0 ? ['    \\midrule'] : []), ...(isNamed ? [line([title])] : []), ...rows];
  });
  return [
    '% \\usepackage{booktabs}',
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escapeLatex(caption(table, showsIntervals, t))}}`,
    `  \\begin{tabular}{l${'r'.repeat(head.length - 1)}}`,
    '    \\toprule',
    line(head.map(escapeLatex)),
    '    \\midrule',
    ...body,
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

function caption({ averaged, showsAverage }: Table, showsIntervals: boolean, t: Translate): string {
  return [
    t('Accuracy in percent.'),
    ...(showsIntervals ? [t('In brackets 95 % intervals.')] : []),
    ...(showsAverage && averaged.length > 1
      ? [t('Avg.: mean over {0}.', averaged.join(', '))]
      : []),
  ].join(' ');
}

const latexNames: Record<string, string> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '†': '$^\\dagger$',
  '·': '$\\cdot$',
  '–': '--',
  '−': '$-$',
};

export function escapeLatex(text: string): string {
  return text.replace(/[\\&%$#_{}~^†·–−]/g, (one) => latexNames[one] ?? `\\${one}`);
}

/** Numbers as they are, a row for spreadsheets; figures of each task with n and interval. */
function toCsv(table: Table, { t }: ExportOptions): string {
  const head = [
    ...['group', 'published', 'method', 'step', 'trainable_percent'],
    ...table.columns.flatMap(({ task }) => [task, `${task}_n`, `${task}_low`, `${task}_high`]),
    'average',
  ];
  const rows = table.groups.flatMap(({ rows: shown }) =>
    shown.map((row) => [
      row.own?.kind === 'model' ? t('Models') : row.groupName,
      row.published === null ? 'no' : 'yes',
      row.name,
      row.own?.step ?? '',
      row.trainablePercent ?? '',
      ...row.cells.flatMap(({ accuracy, figure, interval }) =>
        [accuracy, figure?.n, interval?.low, interval?.high].map((value) => value ?? ''),
      ),
      row.average.value ?? '',
    ]),
  );
  return [head, ...rows].map((cells) => `${cells.map(csvCell).join(',')}\n`).join('');
}

function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(Math.round(value * 1e4) / 1e4);
  return /[",\n\r]/.test(value) ? `"${value.replace(/"/g, '""')}"` : value;
}

// A plain table as text for papers and spreadsheets.
import type { ExportFormat } from '../accuracy/exportTable';
import { csvCell } from '../accuracy/exportCsv';
import { escapeLatex, escapeMarkdown } from '../accuracy/exportTable';
import type { PlainCell, PlainGroup, PlainTable } from './plainTable';

export function exportPlain(table: PlainTable, format: ExportFormat): string {
  return { markdown: toMarkdown, latex: toLatex, csv: toCsv }[format](table);
}

function titleOf({ title, citation }: PlainGroup): string {
  return citation === null ? title : `${title} (${citation})`;
}

function cellText({ text, detail }: PlainCell): string {
  return detail === undefined ? text : `${text} (${detail})`;
}

function toMarkdown({ columns, groups, caption }: PlainTable): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  const body = groups.flatMap((group) => [
    line([`**${escapeMarkdown(titleOf(group))}**`, ...columns.slice(1).map(() => '')]),
    ...group.rows.map(({ cells }) => line(cells.map((cell) => escapeMarkdown(cellText(cell))))),
  ]);
  const rule = line(columns.map(({ isNumber }) => (isNumber ? '--:' : ':--')));
  const head = line(columns.map(({ heading }) => escapeMarkdown(heading)));
  return [head, rule, ...body, '', escapeMarkdown(caption), ''].join('\n');
}

function toLatex({ columns, groups, caption }: PlainTable): string {
  const line = (cells: string[]): string => `    ${cells.join(' & ')} \\\\`;
  const body = groups.flatMap((group, i) => {
    const title = `\\multicolumn{${columns.length}}{l}{\\emph{${escapeLatex(titleOf(group))}}}`;
    const rows = group.rows.map(({ cells }) =>
      line(
        cells.map(({ text, detail }) => {
          const beside = detail === undefined ? '' : ` {\\scriptsize (${escapeLatex(detail)})}`;
          return escapeLatex(text) + beside;
        }),
      ),
    );
    return [...(i > 0 ? ['    \\midrule'] : []), line([title]), ...rows];
  });
  return [
    '% \\usepackage{booktabs}',
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escapeLatex(caption)}}`,
    `  \\begin{tabular}{${columns.map(({ isNumber }) => (isNumber ? 'r' : 'l')).join('')}}`,
    '    \\toprule',
    line(columns.map(({ heading }) => escapeLatex(heading))),
    '    \\midrule',
    ...body,
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

/** Numbers as they are; a column of their own for the intervals of those that have any. */
function toCsv({ columns, groups }: PlainTable): string {
  const rows = groups.flatMap((group) => group.rows.map(({ cells }) => ({ group, cells })));
  const hasDetail = columns.map((_, i) => rows.some(({ cells }) => cells[i]?.detail !== undefined));
  const head = columns.flatMap(({ heading }, i) =>
    hasDetail[i] === true ? [heading, `${heading} (95 % interval)`] : [heading],
  );
  const lines = rows.map(({ group, cells }) => [
    group.title,
    group.citation ?? '',
    ...cells.flatMap(({ value, text, detail = '' }, i) => {
      const own = value ?? (text === '–' ? '' : text);
      return hasDetail[i] === true ? [own, detail] : [own];
    }),
  ]);
  return [['group', 'published in', ...head], ...lines]
    .map((line) => `${line.map(csvCell).join(',')}\n`)
    .join('');
}

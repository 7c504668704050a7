// A plain table as text for papers and spreadsheets.
import {
  csvCell,
  escapeLatex,
  escapeMarkdown,
  latexLine,
  latexTable,
  type ExportFormat,
} from './exportText';
import type { PlainCell, PlainColumn, PlainGroup, PlainTable } from './plainTable';

export function exportPlain(table: PlainTable, format: ExportFormat): string {
  return { markdown: toMarkdown, latex: toLatex, csv: toCsv }[format](table);
}

function titleOf({ title, citation }: PlainGroup): string {
  return citation === null ? title : `${title} (${citation})`;
}

function headingText({ heading, detail }: PlainColumn): string {
  return detail === undefined ? heading : `${heading} (${detail})`;
}

function toMarkdown({ columns, groups, caption }: PlainTable): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  const body = groups.flatMap((group) => [
    ...(group.title === ''
      ? []
      : [line([`**${escapeMarkdown(titleOf(group))}**`, ...columns.slice(1).map(() => '')])]),
    ...group.rows.map(({ cells }) => line(cells.map(markdownCell))),
  ]);
  const rule = line(columns.map(({ isNumber }) => (isNumber ? '--:' : ':--')));
  const head = line(columns.map((column) => escapeMarkdown(headingText(column))));
  return [head, rule, ...body, '', escapeMarkdown(caption), ''].join('\n');
}

function markdownCell({ text, detail, isBest = false }: PlainCell): string {
  const shown = isBest ? `**${escapeMarkdown(text)}**` : escapeMarkdown(text);
  return detail === undefined ? shown : `${shown} (${escapeMarkdown(detail)})`;
}

function latexCell({ text, detail, isBest = false }: PlainCell): string {
  const shown = isBest ? `\\textbf{${escapeLatex(text)}}` : escapeLatex(text);
  return detail === undefined ? shown : `${shown} {\\scriptsize (${escapeLatex(detail)})}`;
}

function toLatex({ columns, groups, caption }: PlainTable): string {
  const body = groups.flatMap((group, i) => {
    const title = `\\multicolumn{${columns.length}}{l}{\\emph{${escapeLatex(titleOf(group))}}}`;
    const rows = group.rows.map(({ cells }) => latexLine(cells.map(latexCell)));
    const heading = group.title === '' ? [] : [latexLine([title])];
    return [...(i > 0 ? ['    \\midrule'] : []), ...heading, ...rows];
  });
  return latexTable({
    caption: caption,
    columns: columns.map(({ isNumber }) => (isNumber ? 'r' : 'l')).join(''),
    head: columns.map((column) => escapeLatex(headingText(column))),
    body,
  });
}

/** Numbers as they are; a column of their own for the intervals of those that have any. */
function toCsv({ columns, groups }: PlainTable): string {
  const rows = groups.flatMap((group) => group.rows.map(({ cells }) => ({ group, cells })));
  const hasDetail = columns.map((_, i) => rows.some(({ cells }) => cells[i]?.detail !== undefined));
  const head = columns.flatMap((column, i) => {
    const heading = headingText(column);
    return hasDetail[i] === true ? [heading, `${heading} (95 % interval)`] : [heading];
  });
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

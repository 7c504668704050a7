// Texts of users in Markdown, LaTeX and CSV: nothing in them is markup.

export type ExportFormat = 'markdown' | 'latex' | 'csv';

export const exportExtensions: Record<ExportFormat, string> = {
  markdown: 'md',
  latex: 'tex',
  csv: 'csv',
};

export function escapeMarkdown(text: string): string {
  return text.replace(/[\\|<*_`[\]]/g, '\\$&').replace(/\n/g, ' ');
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

interface LatexTable {
  caption: string;
  /** Letters of tabular: l and r. */
  columns: string;
  head: readonly string[];
  /** Lines of the body, whole. */
  body: readonly string[];
}

/** Cells and lines are LaTeX already; the caption is a text. */
export function latexTable({ caption, columns, head, body }: LatexTable): string {
  return [
    '% \\usepackage{booktabs}',
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escapeLatex(caption)}}`,
    `  \\begin{tabular}{${columns}}`,
    '    \\toprule',
    latexLine(head),
    '    \\midrule',
    ...body,
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

export function latexLine(cells: readonly string[]): string {
  return `    ${cells.join(' & ')} \\\\`;
}

export function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(Math.round(value * 1e4) / 1e4);
  return /[",\n\r]/.test(value) ? `"${value.replace(/"/g, '""')}"` : value;
}

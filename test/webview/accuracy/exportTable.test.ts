// The table as Markdown, LaTeX and CSV.
import { describe, expect, test } from 'vitest';
import { publishedRows } from '../../../extension/shared/published/table1';
import { exportTable } from '../../../webview/accuracy/exportTable';
import { escapeLatex, type ExportFormat } from '../../../webview/tables/exportText';
import { makeTable } from '../../../webview/accuracy/tableModel';
import { figure, noOthers, sampleRow, t, viewOptions } from './sampleRows';

const rows = [
  sampleRow('LoRA r16', [figure('q_a', 150), figure('quiz', 150)]),
  sampleRow('DoRA r16 · lr 50%', [figure('q_a', 180)], {
    created: '2026-11-24T02:15:05.000Z',
    trainablePercent: null,
    step: null,
  }),
];

function written(format: ExportFormat, showsIntervals: boolean, publishedModels: string[] = []) {
  const table = makeTable(rows, publishedRows, viewOptions({ publishedModels }));
  return exportTable(table, { format, showsIntervals, differences: null, others: noOthers, t });
}

test('Markdown', () => {
  expect(written('markdown', false)).toBe(
    [
      '| Method | #Params (%) | q\\_a | quiz | Avg. |',
      '| :-- | --: | --: | --: | --: |',
      '| **starter** |  |  |  |  |',
      '| LoRA r16, step 200 | 0.84 | 75.0 | 75.0 | 75.0 |',
      '| DoRA r16 · lr 50% | – | **90.0** | – | – |',
      '',
    ].join('\n'),
  );
  expect(written('markdown', true)).toContain('| 75.0 (68.6–80.5, n 200) |');
  const published = written('markdown', false, ['LLaMA2-7B']);
  expect(published).toContain('| **LLaMA2-7B, published** |');
  expect(published).toContain('| *DoRA†* | 0.43 | – | – | **72.0** |');
});

describe('LaTeX', () => {
  test('has rules of booktabs and escaped names', () => {
    expect(written('latex', false)).toBe(
      [
        '% \\usepackage{booktabs}',
        '\\begin{table}',
        '  \\centering',
        '  \\caption{Accuracy in percent. Avg.: mean over q\\_a, quiz.}',
        '  \\begin{tabular}{lrrrr}',
        '    \\toprule',
        '    Method & \\#Params (\\%) & q\\_a & quiz & Avg. \\\\',
        '    \\midrule',
        '    \\multicolumn{5}{l}{\\emph{starter}} \\\\',
        '    LoRA r16, step 200 & 0.84 & 75.0 & 75.0 & 75.0 \\\\',
        '    DoRA r16 $\\cdot$ lr 50\\% & -- & \\textbf{90.0} & -- & -- \\\\',
        '    \\bottomrule',
        '  \\end{tabular}',
        '\\end{table}',
        '',
      ].join('\n'),
    );
    expect(written('latex', true)).toContain('75.0 {\\scriptsize [68.6--80.5]}');
    expect(written('latex', false, ['LLaMA2-7B'])).toContain('\\textit{DoRA$^\\dagger$} & 0.43');
  });

  test.each([
    ['a_b & c', 'a\\_b \\& c'],
    ['50% #1 $x', '50\\% \\#1 \\$x'],
    ['{~^\\}', '\\{\\textasciitilde{}\\textasciicircum{}\\textbackslash{}\\}'],
  ])('%s', (text, escaped) => {
    expect(escapeLatex(text)).toBe(escaped);
  });
});

test('CSV holds n and the interval of each figure, unrounded percent to four digits', () => {
  const lines = written('csv', false).split('\n');
  expect(lines).toEqual([
    'group,published,method,step,trainable_percent,q_a,q_a_n,q_a_low,q_a_high,quiz,quiz_n,quiz_low,quiz_high,average',
    'starter,no,LoRA r16,200,0.84,75,200,68.5659,80.4918,75,200,68.5659,80.4918,75',
    'starter,no,DoRA r16 · lr 50%,,,90,200,85.0594,93.433,,,,,',
    '',
  ]);
  const quoted = makeTable([sampleRow('a, "b"', [figure('x', 1)])], [], viewOptions());
  const text = exportTable(quoted, {
    format: 'csv',
    showsIntervals: false,
    differences: null,
    others: noOthers,
    t,
  });
  expect(text).toContain('starter,no,"a, ""b""",200,');
});

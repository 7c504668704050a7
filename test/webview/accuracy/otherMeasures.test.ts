// Perplexities and judged scores: tables of their own beside the accuracies, and in every export with them.
import { expect, test } from 'vitest';
import type { ScoredRow } from '../../../extension/shared/pages/accuracyPage';
import { exportTable } from '../../../webview/accuracy/exportTable';
import {
  perplexityColumns,
  perplexityTable,
  perplexityText,
} from '../../../webview/accuracy/perplexityTable';
import { scoreColumns, scoreTable } from '../../../webview/accuracy/scoreTable';
import { joinColumns } from '../../../webview/accuracy/sideColumns';
import { makeTable } from '../../../webview/accuracy/tableModel';
import type { ExportFormat } from '../../../webview/tables/exportText';
import { figure, sampleRow, t, viewOptions } from './sampleRows';

const text = (natsPerToken: number) => [{ task: 'notes', tokens: 1000, natsPerToken }];
const lora = sampleRow('LoRA r16', [figure('quiz', 150)], { texts: text(2.5) });
const dora = sampleRow('DoRA r16', [], { texts: text(2) });
const rows = [lora, dora, sampleRow('FT', [figure('quiz', 100)])];

const score = { task: 'mt_bench', judge: 'x', judged: 9, notJudged: 1 };
const scored: ScoredRow[] = [
  { ...dora, scores: [{ ...score, score: 5.25, interval: { low: 4.5, high: 6 } }] },
  {
    ...sampleRow('base', [], { kind: 'model', step: null }),
    scores: [{ ...score, judge: 'y', score: null, interval: null, judged: 0 }],
  },
];

test('perplexities stand apart; the lowest is the best', () => {
  const table = perplexityTable(rows, t);
  expect(table?.columns.map(({ heading }) => heading)).toEqual(['Method', 'notes']);
  expect(table?.groups[0]?.rows.map(({ cells }) => [cells[0]?.text, cells[1]])).toEqual([
    ['LoRA r16', expect.objectContaining({ text: '12.2', isBest: false })],
    [
      'DoRA r16',
      expect.objectContaining({ isBest: true, detail: '2.000 nats a token · 1,000 tokens' }),
    ],
  ]);
  expect(table?.groups[0]?.rows[1]?.cells[1]?.value).toBeCloseTo(7.389, 3);
  expect(perplexityTable(rows.slice(2), t)).toBeUndefined();
  expect(makeTable([dora], [], viewOptions()).groups).toEqual([]);
  expect([1.234, 73.91, 739.4, 7390.2, 2e7].map(perplexityText)).toEqual([
    ...['1.23', '73.9', '739', '7,390', '2.00e+7'],
  ]);
});

test('judged scores say whose they are, a column for each judge, and that they are no accuracies', () => {
  const table = scoreTable(scored, { t });
  expect(table?.columns.slice(1)).toEqual([
    { heading: 'mt_bench', detail: 'judged by x', isNumber: true },
    { heading: 'mt_bench', detail: 'judged by y', isNumber: true },
  ]);
  expect(table?.caption).toMatch(/^Judged scores, 1 to 10: .* In no average with accuracies/);
  const cells = table?.groups[0]?.rows.map((row) =>
    row.cells.slice(1).map(({ text: shown, detail = '' }) => `${shown} ${detail}`.trim()),
  );
  expect(cells).toEqual([
    ['5.25 4.50–6.00, 9 of 10 answers', '–'],
    ['–', '– 0 of 1 answers'],
  ]);
  expect(scoreTable([], { t })).toBeUndefined();
});

function exported(format: ExportFormat): string {
  const tables = [perplexityTable(rows, t), scoreTable(scored, { t })].flatMap((one) => one ?? []);
  const columns = joinColumns([perplexityColumns(rows), scoreColumns(scored)]);
  const others = { tables, columns };
  const options = { format, showsIntervals: false, differences: null, others, t };
  return exportTable(makeTable(rows, [], viewOptions()), options);
}

test('Markdown and LaTeX have a table for each measure', () => {
  const markdown = exported('markdown');
  expect(markdown.match(/^\| Method/gm)).toHaveLength(3);
  expect(markdown).toContain('| DoRA r16 (step 200 · smollm2) | **7.39** (2.000 nats a token');
  expect(markdown).toContain('| Method | mt\\_bench (judged by x) | mt\\_bench (judged by y) |');
  expect(markdown).toContain('| 5.25 (4.50–6.00, 9 of 10 answers) | – |');
  const latex = exported('latex');
  expect(latex.match(/\\begin\{table\}/g)).toHaveLength(3);
  expect(latex).toContain(
    '\\textbf{7.39} {\\scriptsize (2.000 nats a token $\\cdot$ 1,000 tokens)}',
  );
});

test('CSV stays one table: more columns, and rows for what has no accuracy', () => {
  const [head = '', ...lines] = exported('csv').trimEnd().split('\n');
  const columns = head.split(',');
  const cellsIn = (name: string): string[] =>
    lines.find((line) => line.includes(name))?.split(',') ?? [];
  const cell = (name: string, column: string) => cellsIn(name)[columns.indexOf(column)];
  expect(lines.map((line) => line.split(',').length)).toEqual(lines.map(() => columns.length));
  expect(lines).toHaveLength(4);
  expect([cell('LoRA', 'quiz'), cell('LoRA', 'notes_perplexity')]).toEqual(['75', '12.1825']);
  expect([cell('DoRA', 'quiz'), cell('DoRA', 'notes_nats_per_token')]).toEqual(['', '2']);
  expect(cell('DoRA', 'mt_bench_score (judge x)')).toBe('5.25');
  expect(cell('FT', 'notes_perplexity')).toBe('');
  expect([cell('base', 'mt_bench_score (judge y)'), cell('base', 'average')]).toEqual(['', '']);
  expect(cell('base', 'mt_bench_not_judged (judge y)')).toBe('1');
});

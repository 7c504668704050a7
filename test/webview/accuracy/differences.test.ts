// Seeds folded into rows, every row against a reference, and what exports carry of it.
import { describe, expect, test } from 'vitest';
import type { AccuracyRow } from '../../../extension/shared/pages/accuracyPage';
import type { TaskPair } from '../../../extension/shared/statistics/compared';
import {
  comparisonPlans,
  mainDifference,
  rowsOf,
  tableDifferences,
  type TableDifferences,
} from '../../../webview/accuracy/differences';
import { differencesText } from '../../../webview/accuracy/exportNames';
import { exportTable } from '../../../webview/accuracy/exportTable';
import { seedsText } from '../../../webview/accuracy/figureText';
import { makeTable, type Table } from '../../../webview/accuracy/tableModel';
import type { TableRow } from '../../../webview/accuracy/tableRows';
import type { TableViewOptions } from '../../../webview/accuracy/viewOptions';
import { noOthers, figure, sampleRow, t, viewOptions } from './sampleRows';

function seeded(name: string, seed: number, correct: number, group = name): AccuracyRow {
  const figures = [figure('facts', correct), figure('quiz', correct - 20)];
  return sampleRow(`${name} · seed ${seed}`, figures, {
    created: `2026-11-24T02:15:0${seed}.000Z`,
    seed: { seed, group, name },
  });
}

const dora = [170, 172, 180].map((correct, seed) => seeded('DoRA r16', seed, correct));
const lora = [150, 152].map((correct, seed) => seeded('LoRA r16', seed, correct));
const base = sampleRow('smollm2', [figure('facts', 100), figure('quiz', 90)], {
  kind: 'model',
  step: null,
  created: '2026-11-23T00:00:00.000Z',
});
const rows = [...dora, ...lora, base];

function table(changes: Partial<TableViewOptions> = {}, own = rows): Table {
  return makeTable(own, [], viewOptions(changes));
}

function find(made: Table, name: string): TableRow {
  const row = rowsOf(made).find((one) => one.name === name);
  if (row === undefined) throw new Error(`there is no row ${name}`);
  return row;
}

describe('seeds', () => {
  test('are one row with mean, deviation and interval', () => {
    const made = table();
    expect(rowsOf(made).map(({ name }) => name)).toEqual(['DoRA r16', 'LoRA r16', 'smollm2']);
    const [facts] = find(made, 'DoRA r16').cells;
    // 85, 86 and 90 %: mean 87, deviation sqrt(7) = 2.646, t(2) = 4.303: 87 ± 6.573
    expect(facts?.accuracy).toBeCloseTo(87, 10);
    expect(facts?.seeds && seedsText(facts.seeds)).toBe('87.0 ± 2.6');
    expect(facts?.interval?.low).toBeCloseTo(87 - 6.5724, 3);
    // The interval of figures near 100 ends there.
    const high = [195, 199].map((correct, seed) => seeded('FT', seed, correct));
    expect(find(table({}, high), 'FT').cells[0]?.interval?.high).toBe(100);
    expect(find(made, 'DoRA r16').average.value).toBeCloseTo(82, 10);
    expect(find(made, 'DoRA r16').average.isBest).toBe(true);
  });

  test('are opened into their runs, which stay under them in any order', () => {
    const { id } = find(table(), 'LoRA r16');
    const sorting = { column: 'average', descending: true };
    expect(rowsOf(table({ openSeeds: [id], sorting })).map(({ name }) => name)).toEqual([
      ...['DoRA r16', 'LoRA r16', 'LoRA r16 · seed 0', 'LoRA r16 · seed 1', 'smollm2'],
    ]);
  });

  test('of different settings, or the same seed twice, are apart', () => {
    const other = seeded('DoRA r16', 3, 10, 'another learning rate');
    expect(rowsOf(table({}, [...dora, other]))).toHaveLength(2);
    const again = { ...seeded('DoRA r16', 2, 200), id: 'again', folder: '/runs/again' };
    const twice = table({}, [...dora, { ...again, created: '2026-11-25T00:00:00.000Z' }]);
    expect(find(twice, 'DoRA r16').members.map(({ id }) => id)).toContain('again');
    expect(rowsOf(twice).map(({ name }) => name)).toEqual(['DoRA r16', 'DoRA r16 · seed 2']);
  });

  test('asked different numbers of questions have no mean', () => {
    const fewer = { ...dora[2], figures: [figure('facts', 90, 100), figure('quiz', 150)] };
    const made = table({}, [...dora.slice(0, 2), fewer as AccuracyRow]);
    const row = find(made, 'DoRA r16');
    expect(row.cells.map(({ accuracy }) => accuracy === null)).toEqual([true, false]);
    expect(row.average).toMatchObject({ value: null, missing: ['facts'] });
  });
});

/** As the host answers: nobody is right together with another more than has to be. */
function pairsOf(first: AccuracyRow | undefined, second: AccuracyRow | undefined): TaskPair[] {
  return (first?.figures ?? []).flatMap((one) => {
    const other = second?.figures.find(({ task }) => task === one.task);
    if (other === undefined) return [];
    const bothRight = Math.min(one.correct, other.correct) - 10;
    const counts = {
      ...{ n: one.n, bothRight },
      ...{ onlyFirst: one.correct - bothRight, onlySecond: other.correct - bothRight },
    };
    const { task, group = '' } = one;
    return [{ task, group, counts, firstAsked: one.n, secondAsked: other.n }];
  });
}

function against(made: Table, name: string): TableDifferences {
  const reference = find(made, name);
  const plans = comparisonPlans(made, reference);
  const byId = (id: string) => rows.find((row) => row.id === id);
  const known = plans.map(({ rowId, pairings, compare }) => {
    const pairs = pairings.map(({ firstId, secondId }) => pairsOf(byId(firstId), byId(secondId)));
    return [rowId, compare(pairs)] as const;
  });
  return tableDifferences(reference.id, plans, new Map(known));
}

describe('against a reference', () => {
  test('all comparisons of the table are corrected together', () => {
    const made = table({}, [base, ...dora.slice(0, 1), ...lora.slice(0, 1)]);
    const found = against(made, 'smollm2');
    // Two rows, two tasks and their average.
    expect(found.comparisons).toBe(6);
    const difference = found.rows.get(dora[0]?.id ?? '');
    expect(difference?.average?.compared.difference).toBeCloseTo((0.35 + 0.3) / 2, 12);
    const facts = difference?.tasks.get('facts');
    // (80 questions, 10 of the other): far below 1 in 6.
    expect(facts?.isSignificant).toBe(true);
    expect(facts?.correctedP).toBeGreaterThan((facts?.compared.pValue ?? 1) * 2.9);
    expect(differencesText(made, found, t)[1]).toBe(
      '* p below 0.05; 6 comparisons, corrected after Holm: 6 marked.',
    );
  });

  test('seeds are set against one run, and one run against seeds', () => {
    const made = table();
    const one = against(made, 'smollm2').rows.get(find(made, 'DoRA r16').id);
    expect(one?.average?.compared.basis).toEqual({ kind: 'seeds', first: 3, second: 1 });
    expect(one?.average?.compared.difference).toBeCloseTo(0.82 - 0.475, 10);
    const turned = against(made, 'DoRA r16').rows.get(base.id);
    expect(turned?.average?.compared.difference).toBeCloseTo(0.475 - 0.82, 10);
    expect(turned?.average?.compared.basis).toEqual({ kind: 'seeds', first: 1, second: 3 });
  });

  test('seeds are set against seeds', () => {
    const made = table();
    const found = against(made, 'LoRA r16').rows.get(find(made, 'DoRA r16').id);
    expect(found?.average?.compared.basis).toEqual({ kind: 'seeds', first: 3, second: 2 });
    expect(found?.tasks.get('facts')?.compared.difference).toBeCloseTo(0.87 - 0.755, 10);
  });

  test('a run is not set against the seeds that it is one of', () => {
    const { id } = find(table(), 'DoRA r16');
    const made = table({ openSeeds: [id] });
    const plans = comparisonPlans(made, find(made, 'DoRA r16'));
    expect(plans.map(({ rowId }) => rowId)).toEqual([find(made, 'LoRA r16').id, base.id]);
    const ofMember = comparisonPlans(made, find(made, 'DoRA r16 · seed 1'));
    expect(ofMember.map(({ rowId }) => rowId)).not.toContain(id);
  });

  test('hidden columns are not compared, and make no average', () => {
    const made = table({ hidden: ['quiz'] }, [base, ...lora.slice(0, 1)]);
    const found = against(made, 'smollm2');
    expect(found.comparisons).toBe(1);
    const [only] = found.rows.values();
    expect(only && mainDifference(only)?.compared.task).toBe('facts');
  });

  test('rows that are not compared yet wait', () => {
    const made = table();
    const plans = comparisonPlans(made, find(made, 'smollm2'));
    const found = tableDifferences(base.id, plans, new Map());
    expect(found).toMatchObject({ waiting: 2, comparisons: 0 });
    // A far smaller p value than a part of the table needs is not marked before the rest is known.
    const single = table({}, [base, ...dora.slice(0, 1), ...lora.slice(0, 1)]);
    const whole = against(single, 'smollm2');
    const some = comparisonPlans(single, find(single, 'smollm2'));
    const known = [...(whole.rows.get(some[0]?.rowId ?? '')?.tasks.values() ?? [])];
    const part = new Map([[some[0]?.rowId ?? '', known.map(({ compared }) => compared)]]);
    const half = tableDifferences(base.id, some, part);
    expect(half).toMatchObject({ waiting: 1, comparisons: 2 });
    const marks = [...(half.rows.get(some[0]?.rowId ?? '')?.tasks.values() ?? [])];
    expect(marks.map(({ isSignificant }) => isSignificant)).toEqual([false, false]);
    expect(differencesText(single, half, t)).toHaveLength(1);
  });
});

describe('exports', () => {
  const made = table({}, [base, ...dora]);
  const differences = against(made, 'smollm2');
  const options = { showsIntervals: false, differences, others: noOthers, t };

  test('as Markdown', () => {
    const text = exportTable(made, { ...options, format: 'markdown' });
    expect(text).toMatch(/\| DoRA r16, 3 seeds \| 0\.84 \| \*\*87\.0 ± 2\.6\*\* \[\+37\.0\\\*\]/);
    expect(text).toContain('Differences in points from smollm2');
    expect(text).toContain('3 comparisons, corrected after Holm');
  });

  test('as LaTeX', () => {
    const text = exportTable(made, { ...options, format: 'latex' });
    expect(text).toContain('\\textbf{87.0 $\\pm$ 2.6} {\\scriptsize (+37.0$^{*}$)}');
    expect(text).toContain('3 comparisons, corrected after Holm');
  });

  test('as CSV', () => {
    const [head, ...lines] = exportTable(made, { ...options, format: 'csv' }).split('\n');
    const columns = head?.split(',') ?? [];
    const cells = lines.find((line) => line.includes('DoRA'))?.split(',') ?? [];
    const cell = (name: string) => cells[columns.indexOf(name)];
    expect([cell('seeds'), cell('facts'), cell('facts_sd')]).toEqual(['3', '87', '2.6458']);
    expect([cell('facts_difference'), cell('against')]).toEqual(['37', 'smollm2']);
    expect(Number(cell('facts_p_holm'))).toBeGreaterThanOrEqual(Number(cell('facts_p')));
    expect(lines.join('\n')).toContain('"better by 34.5 points, 95 % interval');
  });
});

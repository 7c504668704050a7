import { expect, test } from 'vitest';
import { emptyStatus } from '../../extension/runs/status';
import { experimentJsonSchema } from '../../extension/shared/experimentJsonSchema';
import type { ComparedRun } from '../../extension/shared/pages/comparePage';
import type { RunEvent } from '../../extension/shared/run';
import { HistoryBuilder } from '../../extension/shared/runHistory';
import { settingRows, type SettingSchema } from '../../extension/shared/settingRows';
import type { Translate } from '../../extension/shared/translate';
import { pointsOf } from '../../webview/charts/points';
import { CompareCharts } from '../../webview/compare/compareCharts';
import { distinctLabels, looksOf } from '../../webview/compare/comparedRuns';
import {
  csvOfTable,
  figureColumns,
  figureTable,
  isBest,
  markdownOf,
  sortRuns,
} from '../../webview/compare/finalFigures';
import { deviation } from '../../extension/shared/statistics/moments';
import { meanCurve, seedGroups } from '../../webview/compare/seedGroups';
import { comparedSettings } from '../../webview/compare/settingDifferences';
import { resolvedRun, sampleRun } from '../unit/runs/sampleRun';

const t: Translate = (message, ...values) =>
  message.replace(/\{(\d+)\}/g, (_, index) => String(values[Number(index)]));
const schema = experimentJsonSchema() as SettingSchema;

function comparedRun(
  id: string,
  overrides: Record<string, unknown>,
  events: RunEvent[] = [],
): ComparedRun {
  const { settings } = resolvedRun(overrides);
  const builder = new HistoryBuilder();
  builder.add(events);
  return {
    folder: `/runs/${id}`,
    run: { ...sampleRun(id), settings, varied: overrides },
    name: undefined,
    status: { ...emptyStatus(), state: 'done' },
    history: builder.history,
    settings: settingRows(settings, overrides, schema),
    isGone: false,
  };
}

function step(number: number, loss: number, more: object = {}): RunEvent {
  const figures = { gradNorm: 1, learningRate: 0.1, tokens: 10, seconds: 0.5, ...more };
  return { seq: 0, type: 'step', step: number, loss, ...figures };
}

test('labels are as short as tells the runs apart', () => {
  const lora = comparedRun('a-0001', { method: 'lora' });
  const dora = comparedRun('a-0002', { method: 'dora' });
  const again = comparedRun('a-0003', { method: 'dora' });
  expect(distinctLabels([lora, dora])).toEqual(['LoRA r32', 'DoRA r32']);
  expect(distinctLabels([lora, dora, again])).toEqual([
    'LoRA r32',
    'DoRA r32 · 0002',
    'DoRA r32 · 0003',
  ]);
  const other = { ...again, run: { ...again.run, experiment: 'piqa' } };
  expect(distinctLabels([dora, other])).toEqual(['boolq · DoRA r32', 'piqa · DoRA r32']);
  expect(distinctLabels([{ ...lora, name: 'mine' }, dora])).toEqual(['mine', 'DoRA r32']);
});

test('no two runs share colour and dash', () => {
  const runs = Array.from({ length: 12 }, (_, i) =>
    comparedRun(`r-${i}`, { method: i % 2 === 0 ? 'lora' : 'dora' }),
  );
  const byRun = [...looksOf(runs, 'run').values()];
  expect(new Set(byRun.map(({ color, dash }) => `${color % 6} ${dash % 6}`)).size).toBe(12);
  expect(new Set(byRun.slice(0, 6).map(({ dash }) => dash % 6)).size).toBe(6);
  const byMethod = [...looksOf(runs, 'method').values()];
  expect(new Set(byMethod.map(({ color }) => color)).size).toBe(2);
});

test('runs that differ by their seed alone are one group', () => {
  const runs = [
    comparedRun('a', { 'training.seed': 0 }),
    comparedRun('b', { 'training.seed': 1 }),
    comparedRun('c', { 'training.seed': 1, method: 'lora' }),
  ];
  expect(seedGroups(runs).map((group) => group.map(({ folder }) => folder))).toEqual([
    ['/runs/a', '/runs/b'],
    ['/runs/c'],
  ]);
});

test('the mean curve with one standard deviation, as long as the shortest', () => {
  const curve = (...ys: number[]) => pointsOf(ys.map((y, x) => ({ x, y })));
  const { mean, low, high } = meanCurve([curve(1, 2, 3), curve(3, 6)], 0);
  const values = (points: typeof mean) =>
    Array.from({ length: points.length }, (_, i) => points.y[i]);
  expect(values(mean)).toEqual([2, 4]);
  expect(values(low)[0]).toBeCloseTo(2 - Math.SQRT2);
  expect(values(high)[1]).toBeCloseTo(4 + 2 * Math.SQRT2);
  expect(deviation([2, 4, 4, 4, 5, 5, 7, 9], 5)).toBeCloseTo(2.138, 3);
  expect(deviation([5], 5)).toBe(0);
});

test('charts hold a line a run, or one a group of seeds with its band', () => {
  const runs = [
    comparedRun('a', { 'training.seed': 0 }, [step(1, 2), step(2, 1)]),
    comparedRun('b', { 'training.seed': 1 }, [step(1, 4), step(2, 3)]),
    comparedRun('c', { method: 'lora' }, []),
  ];
  const looks = looksOf(runs, 'run');
  const choices = { x: 'step' as const, smoothing: 0, isLog: false, ignoresOutliers: false };
  const made = new CompareCharts();
  const apart = made.of(runs, looks, { ...choices, averagesSeeds: false }, t);
  expect(apart.map(({ id }) => id)).toEqual(['loss', 'gradNorm', 'learningRate', 'speed']);
  expect(apart[0]?.lines.map(({ id }) => id)).toEqual(['/runs/a', '/runs/b']);
  const [loss] = made.of(runs, looks, { ...choices, averagesSeeds: true }, t);
  expect(loss?.lines.map(({ bandTo }) => bandTo !== undefined)).toEqual([true, false]);
  expect([0, 1].map((index) => loss?.lines[1]?.points.y[index])).toEqual([3, 2]);
});

test('settings side by side: what the grid varied first, what differs marked', () => {
  const rows = comparedSettings([
    comparedRun('a', { 'training.seed': 1, method: 'lora' }),
    comparedRun('b', { 'training.seed': 2, method: 'lora' }),
  ]);
  expect(rows[0]).toMatchObject({ setting: 'training.seed', values: ['1', '2'], differs: true });
  expect(rows.filter(({ differs }) => differs)).toHaveLength(1);
  expect(rows.find(({ setting }) => setting === 'method')?.differs).toBe(false);
});

const accuracy: RunEvent = {
  seq: 0,
  type: 'accuracy',
  step: 2,
  task: 'facts',
  n: 10,
  correct: 9,
  accuracy: 0.9,
  seconds: 1,
};

test('the most that a run took of a GPU is a figure of its own', () => {
  const gpu = [step(1, 3, { gpuBytes: 2 ** 30 }), step(2, 2, { gpuBytes: 2 ** 29 })];
  const runs = [comparedRun('a-0001', { method: 'lora' }, gpu), comparedRun('a-0002', {})];
  const columns = figureColumns(runs, t).filter(({ id }) => id.endsWith('Bytes'));
  expect(columns.map(({ id, valueOf }) => [id, ...runs.map(valueOf)])).toEqual([
    ['gpuBytes', 2 ** 30, undefined],
  ]);
});

test('final figures are sorted, the best is marked, and they are copied', () => {
  const good = comparedRun('a-0001', { method: 'lora' }, [step(1, 3), step(2, 0.5), accuracy]);
  const bad = comparedRun('a-0002', { method: 'dora' }, [step(1, 3), step(2, 0.75)]);
  const none = comparedRun('a-0003', { method: 'full' });
  const runs = [bad, none, good];
  const columns = figureColumns(runs, t);
  const column = (id: string) => columns.find((one) => one.id === id) ?? columns[0];
  expect(columns.map(({ id }) => id)).toEqual([
    'steps',
    'lastLoss',
    'minLoss',
    'task facts',
    'speed',
    'time',
  ]);
  const order = (isDescending: boolean) =>
    sortRuns(runs, columns, { column: 'lastLoss', isDescending }).map(({ folder }) =>
      folder.at(-1),
    );
  expect(order(false)).toEqual(['1', '2', '3']);
  expect(order(true)).toEqual(['2', '1', '3']);
  const loss = column('lastLoss');
  expect(loss && runs.map((run) => isBest(loss, run, runs))).toEqual([false, false, true]);
  const table = figureTable([{ run: good, label: 'LoRA, | mine' }], columns, t);
  expect(table[1]).toEqual([
    'LoRA, | mine',
    'Done',
    '2',
    '0.5000',
    '0.5000',
    '90.0 %',
    '20',
    '1 s',
  ]);
  expect(markdownOf(table).split('\n')[2]).toContain('| LoRA, \\| mine | Done | 2 |');
  expect(csvOfTable(table).split('\n')[1]).toBe(
    '"LoRA, | mine",Done,2,0.5000,0.5000,90.0 %,20,1 s',
  );
});

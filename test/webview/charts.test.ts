import { expect, test } from 'vitest';
import { BlockExtremes, decimate } from '../../webview/charts/decimation';
import { csvOf, fileNameOf } from '../../webview/charts/exportChart';
import { figuresOf, sampledRows } from '../../webview/charts/figures';
import { visibleLines, wholeRange, type Line } from '../../webview/charts/line';
import { lowerBound, nearestIndex, pointsOf, type Points } from '../../webview/charts/points';
import { heightOf, moved, zoomed } from '../../webview/charts/ranges';
import { Smoothing } from '../../webview/charts/smoothing';
import {
  bytesText,
  clockText,
  figureText,
  linearTicks,
  logTicks,
  tickText,
  timeTicks,
} from '../../webview/charts/ticks';

function wave(length: number, spikes: Record<number, number> = {}): Points {
  return pointsOf(
    Array.from({ length }, (_, i) => ({ x: i + 1, y: spikes[i] ?? Math.sin(i / 50) })),
  );
}

function line(id: string, points: Points, more: Partial<Line> = {}): Line {
  return { id, label: id, points, color: 0, dash: 0, look: 'line', ...more };
}

test('an index is found by x', () => {
  const points = pointsOf([1, 3, 7].map((x) => ({ x, y: 0 })));
  expect([0, 1, 2, 7, 8].map((x) => lowerBound(points, x))).toEqual([0, 0, 1, 2, 3]);
  expect([-5, 1.9, 2.1, 6, 99].map((x) => nearestIndex(points, x))).toEqual([0, 0, 1, 2, 2]);
  expect(nearestIndex(pointsOf([]), 1)).toBeUndefined();
});

test('smoothing begins at the first value and keeps a constant', () => {
  const constant = pointsOf([4, 4, 4].map((y, x) => ({ x, y })));
  const smooth = new Smoothing().of(constant, 0.9);
  for (const index of [0, 1, 2]) expect(smooth.y[index]).toBeCloseTo(4);
});

test('smoothing weighs what came before', () => {
  const points = pointsOf([1, 3].map((y, x) => ({ x, y })));
  const smooth = new Smoothing().of(points, 0.5);
  // (0.25 * 1 + 0.5 * 3) / 0.75
  expect(smooth.y[1]).toBeCloseTo(7 / 3);
  expect(new Smoothing().of(points, 0).y[1]).toBe(3);
});

test('smoothing that follows equals smoothing at once, and skips missing values', () => {
  const all = [5, NaN, 2, 8, 1, 9].map((y, x) => ({ x, y }));
  const following = new Smoothing();
  following.of(pointsOf(all.slice(0, 3)), 0.7);
  const followed = following.of(pointsOf(all), 0.7);
  const atOnce = new Smoothing().of(pointsOf(all), 0.7);
  const values = (points: Points) => Array.from({ length: 6 }, (_, i) => points.y[i]);
  expect(values(followed)).toEqual(values(atOnce));
  expect(followed.y[1]).toBeNaN();
  const others = following.of(pointsOf(all.slice(1).reverse(), 1), 0.7);
  expect(others.y[0]).toBe(9);
});

test('decimation keeps every spike of a long line, and few points', () => {
  const points = wave(200_000, { 77_777: 50, 123_456: -40 });
  const window = { from: 1, to: 200_000, widthPixels: 600 };
  const drawn = decimate(points, new BlockExtremes(), window);
  expect(drawn.length).toBeLessThanOrEqual(1202);
  const ys = drawn.map(({ y }) => y);
  expect([Math.max(...ys), Math.min(...ys)]).toEqual([50, -40]);
  expect(drawn.map(({ x }) => x)).toEqual(drawn.map(({ x }) => x).sort((a, b) => a - b));
});

test('decimation by blocks finds what looking at every point finds', () => {
  const points = wave(100_000, { 31: 9, 64: -9, 99_999: 7 });
  const seen = new BlockExtremes().candidates(points, 10, 99_990);
  const range = (indices: number[]) => {
    const ys = indices.map((index) => points.y[index] ?? 0);
    return [Math.min(...ys), Math.max(...ys)];
  };
  expect(range(seen)).toEqual([-9, 9]);
  expect(seen.length).toBeLessThan(100_000 / 20);
});

test('decimation of growing points sees the new ones', () => {
  const blocks = new BlockExtremes();
  const window = { from: 1, to: 100_000, widthPixels: 100 };
  decimate(wave(50_000), blocks, { ...window, to: 50_000 });
  const drawn = decimate(wave(100_000, { 90_000: 30 }), blocks, window);
  expect(Math.max(...drawn.map(({ y }) => y))).toBe(30);
});

test('a zoomed window keeps its points and one to each side', () => {
  const drawn = decimate(wave(1000), new BlockExtremes(), {
    from: 10.5,
    to: 12.5,
    widthPixels: 300,
  });
  expect(drawn.map(({ x }) => x)).toEqual([10, 11, 12, 13]);
});

test('points without a value are not drawn', () => {
  const points = pointsOf([1, NaN, 3].map((y, x) => ({ x, y })));
  const drawn = decimate(points, new BlockExtremes(), { from: 0, to: 2, widthPixels: 100 });
  expect(drawn).toEqual([
    { x: 0, y: 1 },
    { x: 2, y: 3 },
  ]);
});

test('ticks are round numbers within the range', () => {
  expect(linearTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(linearTicks(1, 200, 4)).toEqual([50, 100, 150, 200]);
  expect(linearTicks(0.0003, 0.0021, 4)).toEqual([0.0005, 0.001, 0.0015, 0.002]);
  expect(logTicks(0.001, 10, 10)).toEqual([
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10,
  ]);
  expect(logTicks(1e-9, 1, 4)).toEqual([1e-9, 1e-6, 1e-3, 1]);
  expect(logTicks(0.2, 0.5, 3)).toEqual([0.2, 0.3, 0.4, 0.5]);
  expect(timeTicks(0, 400, 4)).toEqual([0, 120, 240, 360]);
});

test('figures have the digits that tell them apart', () => {
  expect([0, 0.05, 0.1].map((value) => tickText(value, 0.05))).toEqual(['0', '0.05', '0.10']);
  expect(tickText(0.0005, 0.0005)).toBe('0.0005');
  expect(tickText(0.00002, 0.00001)).toBe('2e−5');
  expect(tickText(20_000, 5000)).toBe('20k');
  expect(tickText(1500, 500)).toBe('1,500');
  expect([0.12345, 12.345, 0.00012, 1234.5, -3, 2e6, NaN].map(figureText)).toEqual([
    '0.1235',
    '12.35',
    '1.20e−4',
    '1,235',
    '−3',
    '2M',
    '–',
  ]);
  expect([5.25, 59, 61, 3661, 100_000].map(clockText)).toEqual([
    '5.3 s',
    '59 s',
    '1:01',
    '1:01:01',
    '1 d 3:46:40',
  ]);
  expect([950, 1_234_000, 55e9].map(bytesText)).toEqual(['950 B', '1.23 MB', '55 GB']);
});

test('zooming keeps the place under the pointer and never shows more than all', () => {
  const whole = { from: 0, to: 100 };
  expect(zoomed(whole, whole, 0.5, 20)).toEqual({ from: 10, to: 60 });
  expect(zoomed({ from: 10, to: 60 }, whole, 4, 20)).toBeUndefined();
  expect(moved({ from: 10, to: 60 }, whole, 0.5)).toEqual({ from: 35, to: 85 });
  expect(moved({ from: 10, to: 60 }, whole, 5)).toEqual({ from: 50, to: 100 });
  expect(moved(whole, whole, 0.5)).toBeUndefined();
});

test('the height fits what is visible', () => {
  const options = { isLog: false, ignoresOutliers: false };
  const points = [1, 2, 3].map((y, x) => ({ x, y }));
  expect(heightOf([points], options)).toEqual({ from: 0.88, to: 3.12 });
  expect(heightOf([], options)).toBeUndefined();
  // Losses never get below zero, so neither does the axis.
  expect(
    heightOf(
      [
        [
          { x: 0, y: 0.001 },
          { x: 1, y: 1 },
        ],
      ],
      options,
    )?.from,
  ).toBe(0);
  expect(
    heightOf(
      [
        [
          { x: 0, y: 0 },
          { x: 1, y: 10 },
        ],
      ],
      { ...options, isLog: true },
    )?.from,
  ).toBeGreaterThan(0);
});

test('outliers leave the picture when they are ignored', () => {
  const points = Array.from({ length: 100 }, (_, x) => ({ x, y: x === 50 ? 1000 : 1 + x / 100 }));
  const options = { isLog: false, ignoresOutliers: true };
  expect(heightOf([points], options)?.to).toBeLessThan(3);
  expect(heightOf([points], { ...options, ignoresOutliers: false })?.to).toBeGreaterThan(1000);
});

test('a reference is shown when the values come near it', () => {
  const points = [
    [
      { x: 0, y: 0.1 },
      { x: 1, y: 0.8 },
    ],
  ];
  const options = { isLog: false, ignoresOutliers: false };
  expect(heightOf(points, { ...options, reference: 1 })?.to).toBeGreaterThan(1);
  expect(heightOf(points, { ...options, reference: 50 })?.to).toBeLessThan(1);
});

test('what belongs to a hidden line is hidden', () => {
  const lines = [line('raw', wave(3), { belongsTo: 'smooth' }), line('smooth', wave(3))];
  expect(visibleLines(lines, ['smooth'])).toEqual([]);
  expect(wholeRange(lines)).toEqual({ from: 1, to: 3 });
  expect(wholeRange([line('none', pointsOf([]))])).toBeUndefined();
});

test('the figures of a line', () => {
  const points = pointsOf([NaN, 3, 1, 2].map((y, x) => ({ x, y })));
  expect(figuresOf(points)).toEqual({
    first: 3,
    last: 2,
    min: { x: 2, y: 1 },
    max: { x: 1, y: 3 },
  });
  expect(figuresOf(pointsOf([]))).toBeUndefined();
});

test('a table samples the longest line and leaves gaps where others have nothing', () => {
  const rows = sampledRows([line('a', wave(101)), line('b', pointsOf([{ x: 51, y: 5 }]))], 5);
  expect(rows.map(({ x }) => x)).toEqual([1, 26, 51, 76, 101]);
  expect(rows.map(({ values }) => values[1])).toEqual([
    undefined,
    undefined,
    5,
    undefined,
    undefined,
  ]);
});

test('CSV joins lines by x', () => {
  const a = line(
    'a, b',
    pointsOf([
      { x: 1, y: 0.5 },
      { x: 2, y: 0.25 },
    ]),
  );
  const b = line('c', pointsOf([{ x: 2, y: 7 }]));
  expect(csvOf('Step', [a, b])).toBe('Step,"a, b",c\n1,0.5,\n2,0.25,7\n');
  expect(fileNameOf('starter · DoRA r16', 'Loss')).toBe('starter-dora-r16-loss');
});

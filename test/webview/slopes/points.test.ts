// What is told of one point, in the tables and in the strip of correlations over the steps.
import { describe, expect, test } from 'vitest';
import { pictureColors } from '../../../extension/shared/slopes/pictureColors';
import { plotFrame, xOf, yOf } from '../../../extension/shared/slopes/plot';
import { developmentOf, developmentShapes, stepAt } from '../../../webview/slopes/development';
import { fitRows, nextSorting, pointRows, sortRows } from '../../../webview/slopes/rows';
import {
  currentPoints,
  pathOf,
  pointAt,
  pointByKey,
  pointTexts,
  selectedModule,
  selectionOf,
} from '../../../webview/slopes/selection';
import { t, everything, series, lora, ft, plotOf } from './sampledRuns';

describe('points', () => {
  const plot = plotOf('q_proj');
  const frame = plotFrame({ width: 300, height: 200 }, plot.domain);
  const points = currentPoints(plot);
  const [first] = points;
  if (first === undefined) throw new Error('a point');

  test('are found where they are drawn, and nowhere else', () => {
    const found = pointAt(plot, frame, xOf(frame, first.deltaD) + 1, yOf(frame, first.deltaM) - 1);
    expect(found).toEqual(first);
    expect(pointAt(plot, frame, -100, -100)).toBeUndefined();
  });

  test('are gone through by arrow keys', () => {
    const start = pointByKey(points, undefined, 'Home');
    const next = pointByKey(points, start, 'ArrowRight');
    expect(next?.deltaD).toBeGreaterThanOrEqual(start?.deltaD ?? Infinity);
    expect(pointByKey(points, start, 'ArrowLeft')).toEqual(start);
    const up = pointByKey(points, start, 'ArrowUp');
    expect(up?.deltaM).toBeGreaterThanOrEqual(start?.deltaM ?? Infinity);
    expect(pointByKey(points, start, 'a')).toBeUndefined();
    const seen = new Set<string>();
    for (let point = start; point !== undefined && seen.size < points.length;) {
      seen.add(`${point.index} ${point.module.name}`);
      point = pointByKey(points, point, 'ArrowRight');
    }
    expect(seen.size).toBe(points.length);
  });

  test('say their layer, step and values', () => {
    expect(pointTexts(first, t)).toEqual(['layer 0 q_proj, step 50', 'ΔD 0.01040, ΔM 0.05000']);
  });

  test('mark the same layer in every plot and run', () => {
    const selection = selectionOf(first);
    expect(selectedModule(ft, selection, 'v_proj')?.name).toBe('model.layers.0.self_attn.v_proj');
    expect(selectedModule(ft, selection, 'all')?.name).toBe('model.layers.0.self_attn.q_proj');
    const head = { name: 'lm_head', type: 'lm_head', layer: null };
    expect(selectedModule(ft, head, 'v_proj')).toBeUndefined();
  });

  test('have a path over the steps', () => {
    const path = pathOf(lora, first.module, 30);
    expect(path.map(({ step }) => step)).toEqual([10, 20, 30]);
    expect(path[0]?.deltaD).toBeLessThan(path[2]?.deltaD ?? 0);
  });
});

describe('tables', () => {
  test('have a row a fit and a row a point', () => {
    const plots = [plotOf('q_proj')];
    expect(fitRows(plots, (type) => type)).toHaveLength(2);
    const rows = pointRows(plots, (index) => series[index]?.run.label ?? '');
    expect(rows).toHaveLength(16);
    expect(rows[0]).toMatchObject({ run: 'LoRA r8', step: 50, layer: 0, module: 'q_proj' });
  });

  test('are sorted by numbers as numbers, with nothing last', () => {
    const rows = [{ a: 10 }, { a: null }, { a: 9 }];
    const sorted = (descending: boolean) =>
      sortRows(rows, { column: 'a', descending }).map(({ a }) => a);
    expect(sorted(false)).toEqual([9, 10, null]);
    expect(sorted(true)).toEqual([10, 9, null]);
  });

  test('turn round at a second click', () => {
    const first = nextSorting<'a' | 'b'>({ column: 'a', descending: false }, 'b');
    expect(first).toEqual({ column: 'b', descending: false });
    expect(nextSorting(first, 'b')).toEqual({ column: 'b', descending: true });
  });
});

describe('the development', () => {
  const lines = series.map((one) => developmentOf(one, 'q_proj', 'step', everything));
  const picture = {
    ...{ width: 400, height: 120, colors: pictureColors.dark, lines },
    ...{ first: 10, last: 50, step: 30 },
    look: () => ({ marker: 'circle' as const, color: '#ffffff' }),
  };

  test('has a correlation a measured step', () => {
    expect(lines.map(({ values }) => values.map(({ step }) => step))).toEqual([
      [10, 20, 30, 40, 50],
      [25, 50],
    ]);
    expect(lines[0]?.values[0]?.correlation).toBeGreaterThan(0.9);
    expect(lines[1]?.values[0]?.correlation).toBeLessThan(-0.9);
  });

  test('is drawn with the references, and finds the step of a click', () => {
    const texts = developmentShapes(picture).flatMap((shape) =>
      shape.kind === 'text' ? [shape.text] : [],
    );
    expect(texts).toEqual(expect.arrayContaining(['FT −0.62', 'DoRA −0.31', 'LoRA +0.83']));
    expect(stepAt(picture, 0)).toBe(10);
    expect(stepAt(picture, 400)).toBe(50);
    expect(stepAt(picture, 180)).toBeGreaterThan(stepAt(picture, 120));
  });
});

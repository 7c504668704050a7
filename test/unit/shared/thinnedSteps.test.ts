import { expect, test } from 'vitest';
import {
  changed,
  HistoryBuilder,
  withSteps,
  wholeHistory,
} from '../../../extension/shared/runHistory';
import { appendSteps, emptyColumns, rowsFrom } from '../../../extension/shared/stepColumns';
import { thinnedSteps } from '../../../extension/shared/thinnedSteps';

function stepAt(step: number) {
  return { step, loss: 1 / step, gradNorm: step, learningRate: 0.5, tokens: step, seconds: 0.25 };
}

function columnsOf(length: number) {
  return appendSteps(
    emptyColumns(),
    Array.from({ length }, (_, row) => stepAt(row + 1)),
  );
}

function total(values: Float32Array, length: number): number {
  return values.subarray(0, length).reduce((sum, value) => sum + value, 0);
}

test.each([
  [1000, 100, 100],
  [1001, 100, 91],
  [199, 100, 100],
  [5, 1, 1],
])('of %i rows at most %i are kept: %i, the last among them', (length, most, kept) => {
  const columns = columnsOf(length);
  const thin = thinnedSteps(columns, most);
  expect(thin.length).toBe(kept);
  expect(thin.step[kept - 1]).toBe(length);
  expect(thin.loss[kept - 1]).toBe(columns.loss[length - 1]);
  expect(total(thin.tokens, kept)).toBe(total(columns.tokens, length));
  expect(total(thin.seconds, kept)).toBe(total(columns.seconds, length));
});

test('few rows stay what they are', () => {
  const columns = columnsOf(100);
  expect(thinnedSteps(columns, 100)).toBe(columns);
});

test('a page that began with a glance ends with what the host has', () => {
  const builder = new HistoryBuilder();
  const add = (from: number, to: number): void => {
    const steps = Array.from({ length: to - from + 1 }, (_, row) => stepAt(from + row));
    builder.add(steps.map((figures) => ({ seq: 0, type: 'step', ...figures })));
  };
  add(1, 5000);
  builder.takeChange();
  const steps = thinnedSteps(builder.history.steps, 100);
  const glance = { ...wholeHistory(builder.history), steps };
  add(5001, 5002);
  const early = builder.takeChange();
  add(5003, 5003);
  const all = rowsFrom(builder.history.steps, 0);
  const late = builder.takeChange();
  if (early === undefined || late === undefined) throw new Error('Nothing changed.');
  const whole = changed(withSteps(changed(glance, early), all), late);
  expect(rowsFrom(whole.steps, 0).step).toEqual(all.step);
  expect(whole.steps.generation).not.toBe(steps.generation);
});

import { expect, test } from 'vitest';
import type { RunEvent } from '../../../extension/shared/run';
import { effectiveEvents } from '../../../extension/shared/run';
import {
  changed,
  emptyHistory,
  HistoryBuilder,
  wholeHistory,
  type RunHistory,
} from '../../../extension/shared/runHistory';
import {
  appendColumns,
  appendSteps,
  emptyColumns,
  keepRows,
  rowOf,
  rowsFrom,
  rowsUpTo,
} from '../../../extension/shared/stepColumns';

function step(number: number, loss = 1): RunEvent {
  const figures = { loss, gradNorm: 2, learningRate: 1e-4, tokens: 10, seconds: 0.5 };
  return { seq: 0, type: 'step', step: number, ...figures };
}

function steps(from: number, to: number): RunEvent[] {
  return Array.from({ length: to - from + 1 }, (_, i) => step(from + i, 1 / (from + i)));
}

const evaluated: RunEvent = { seq: 0, type: 'eval', step: 5, loss: 0.5, tokens: 7 };

/** What a history says, without spare room and generations. */
function plain({ steps: columns, ...lists }: RunHistory): object {
  const { length, step: stepColumn, loss } = rowsFrom(columns, 0);
  return { ...lists, length, steps: [...stepColumn], losses: [...loss] };
}

test('columns grow, and what was given out before stays as it was', () => {
  const few = appendSteps(emptyColumns(), [
    { step: 1, loss: 2, gradNorm: 1, learningRate: 0, tokens: 5, seconds: 1 },
  ]);
  const many = appendSteps(
    few,
    Array.from({ length: 1000 }, (_, i) => {
      return { step: i + 2, loss: i, gradNorm: 1, learningRate: 0, tokens: 5, seconds: 1 };
    }),
  );
  expect([few.length, many.length]).toEqual([1, 1001]);
  expect([few.loss[0], many.loss[0], many.loss[1000]]).toEqual([2, 2, 999]);
  expect(many.memoryBytes[0]).toBeNaN();
});

test('rows are found by step', () => {
  const columns = appendColumns(
    emptyColumns(),
    appendSteps(
      emptyColumns(),
      [2, 4, 6].map((number) => {
        return { step: number, loss: 0, gradNorm: 0, learningRate: 0, tokens: 0, seconds: 0 };
      }),
    ),
  );
  expect([0, 2, 5, 6, 9].map((number) => rowsUpTo(columns, number))).toEqual([0, 1, 2, 3, 3]);
  expect([2, 4, 6].map((number) => rowOf(columns, number))).toEqual([0, 1, 2]);
  expect([1, 5, 7].map((number) => rowOf(columns, number))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('rows taken back are not written over in columns given out before', () => {
  const builder = new HistoryBuilder();
  builder.add(steps(1, 5));
  const before = builder.history.steps;
  const cut = keepRows(before, 2);
  const after = appendSteps(cut, [
    { step: 3, loss: 77, gradNorm: 0, learningRate: 0, tokens: 0, seconds: 0 },
  ]);
  expect(after.loss[2]).toBe(77);
  expect(before.loss[2]).toBeCloseTo(1 / 3);
  expect(cut.generation).toBe(before.generation + 1);
});

test('a page that applies the changes knows what the host knows', () => {
  const warning: RunEvent = { seq: 0, type: 'warning', code: 'a', message: 'm' };
  const batches: RunEvent[][] = [
    steps(1, 4),
    [...steps(5, 8), evaluated, warning],
    [{ seq: 0, type: 'resumed', step: 3 }, ...steps(4, 6)],
    [],
    [step(7), { seq: 0, type: 'resumed', step: 5 }, step(6, 9), { ...evaluated, step: 6 }],
  ];
  const builder = new HistoryBuilder();
  let page = emptyHistory();
  const seen: RunEvent[] = [];
  for (const batch of batches) {
    builder.add(batch);
    seen.push(...batch);
    const change = builder.takeChange();
    if (change !== undefined) page = changed(page, change);
    expect(plain(page)).toEqual(plain(builder.history));
    expect(plain(page)).toEqual(plain(wholeHistory(builder.history)));
  }
  const effective = effectiveEvents(seen);
  expect([...rowsFrom(page.steps, 0).step]).toEqual(
    effective.flatMap((event) => (event.type === 'step' ? [event.step] : [])),
  );
  expect(page.evals).toEqual([{ step: 6, loss: 0.5, tokens: 7 }]);
  expect(page.warnings).toHaveLength(1);
});

test('nothing new is no change, and what was resumed past is one', () => {
  const builder = new HistoryBuilder();
  builder.add(steps(1, 4));
  expect(builder.takeChange()?.added.steps.length).toBe(4);
  expect(builder.takeChange()).toBeUndefined();
  builder.add([{ seq: 0, type: 'resumed', step: 2 }]);
  expect(builder.takeChange()?.kept.steps).toBe(2);
});

test('a file that was replaced voids everything', () => {
  const builder = new HistoryBuilder();
  builder.add([...steps(1, 4), evaluated]);
  let page = wholeHistory(builder.history);
  builder.takeChange();
  builder.restart();
  builder.add([step(1, 42)]);
  const change = builder.takeChange();
  expect(change).toBeDefined();
  if (change !== undefined) page = changed(page, change);
  expect(plain(page)).toMatchObject({ steps: [1], losses: [42], evals: [] });
});

test('a change holds only what is new', () => {
  const builder = new HistoryBuilder();
  builder.add(steps(1, 100_000));
  builder.takeChange();
  builder.add([step(100_001)]);
  const change = builder.takeChange();
  expect(change?.added.steps.step.byteLength).toBe(8);
});

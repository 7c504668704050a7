// Statistics of two models asked the same questions, against values worked out by hand.
import { describe, expect, test } from 'vitest';
import {
  macroDifference,
  mcnemarExact,
  pairAnswers,
  pairedDifference,
} from '../../../../extension/shared/statistics/pairedComparison';

test('answers are paired by question', () => {
  const first = new Map([
    ['a', true],
    ['b', true],
    ['c', false],
    ['d', false],
    ['only first', true],
  ]);
  const second = new Map([
    ['a', true],
    ['b', false],
    ['c', true],
    ['d', false],
    ['only second', true],
  ]);
  expect(pairAnswers(first, second)).toEqual({
    ...{ n: 4, bothRight: 1, onlyFirst: 1, onlySecond: 1 },
  });
});

describe('the difference', () => {
  test('and its interval after Bonett and Price', () => {
    const counts = { n: 50, bothRight: 30, onlyFirst: 12, onlySecond: 3 };
    const { difference, interval, n } = pairedDifference(counts);
    expect(n).toBe(50);
    expect(difference).toBeCloseTo(9 / 50, 12);
    // p1 = 13/52 = 0.25, p2 = 4/52 = 0.076923; centre 9/52 = 0.173077;
    // error = sqrt((0.326923 - 0.029956) / 52) = sqrt(0.00571091) = 0.0755706
    expect(interval.low).toBeCloseTo(0.173077 - 1.959964 * 0.0755706, 5);
    expect(interval.high).toBeCloseTo(0.173077 + 1.959964 * 0.0755706, 5);
  });

  test('of models that never disagree is not certain', () => {
    const { difference, interval } = pairedDifference({
      ...{ n: 10, bothRight: 9, onlyFirst: 0, onlySecond: 0 },
    });
    expect(difference).toBe(0);
    // sqrt((2 / 12) / 12) = 0.117851
    expect(interval.high).toBeCloseTo(1.959964 * 0.117851, 5);
    expect(interval.low).toBeCloseTo(-interval.high, 12);
  });

  test('of no question is unknown', () => {
    const none = { n: 0, bothRight: 0, onlyFirst: 0, onlySecond: 0 };
    expect(pairedDifference(none)).toMatchObject({ difference: 0, interval: { low: -1, high: 1 } });
    expect(macroDifference([])).toBeUndefined();
    expect(macroDifference([none])).toBeUndefined();
  });

  test('of the mean over tasks counts each task alike', () => {
    const large = { n: 1000, bothRight: 500, onlyFirst: 100, onlySecond: 50 };
    const small = { n: 100, bothRight: 50, onlyFirst: 10, onlySecond: 30 };
    const macro = macroDifference([large, small]);
    expect(macro?.difference).toBeCloseTo((0.05 - 0.2) / 2, 12);
    expect(macro?.n).toBe(1100);
    expect(macro?.pValue).toBeNull();
    const [a, b] = [pairedDifference(large), pairedDifference(small)];
    const half = ({ low, high }: { low: number; high: number }): number => (high - low) / 2;
    const expected = Math.hypot(half(a.interval), half(b.interval)) / 2;
    expect(half(macro?.interval ?? { low: 0, high: 0 })).toBeCloseTo(expected, 10);
  });
});

test.each([
  [0, 0, 1],
  [1, 0, 1],
  // 2 * (1 + 10) / 2^10
  [9, 1, 22 / 1024],
  // 2 * (1 + 15 + 105 + 455) / 2^15
  [3, 12, (2 * 576) / 32768],
  [5, 5, 1],
])("McNemar's exact test of %i against %i", (onlyFirst, onlySecond, p) => {
  expect(mcnemarExact(onlyFirst, onlySecond)).toBeCloseTo(p, 12);
});

test("McNemar's exact test holds for thousands of disagreements", () => {
  // The normal approximation with a continuity correction: z = 199 / sqrt(4000) = 3.1465
  expect(mcnemarExact(1900, 2100)).toBeCloseTo(0.00165, 4);
  expect(mcnemarExact(3000, 5000)).toBeLessThan(1e-100);
});

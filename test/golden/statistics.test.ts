// Statistics against scipy and statsmodels. How the values were made: statistics/generate.py.
import { describe, expect, test } from 'vitest';
import {
  acrossSeeds,
  meanDifference,
  welchDifference,
} from '../../extension/shared/statistics/acrossSeeds';
import { bootstrapInterval } from '../../extension/shared/statistics/bootstrap';
import {
  differenceDistribution,
  type LatticeDistribution,
} from '../../extension/shared/statistics/differenceDistribution';
import { holm } from '../../extension/shared/statistics/holm';
import type { Interval } from '../../extension/shared/statistics/interval';
import { macroAverage } from '../../extension/shared/statistics/macroAverage';
import {
  macroBootstrap,
  macroExchange,
  pairedBootstrap,
} from '../../extension/shared/statistics/pairedBootstrap';
import { mcnemarExact, pairedDifference } from '../../extension/shared/statistics/pairedComparison';
import { drawAt } from '../../extension/shared/statistics/random';
import { quantileOfT, tailOfT } from '../../extension/shared/statistics/studentT';
import { wilsonInterval } from '../../extension/shared/statistics/wilson';
import { readJson } from './parityCase';

interface Golden {
  wilson: (Interval & { correct: number; n: number })[];
  mcnemar: { onlyFirst: number; onlySecond: number; p: number }[];
  holm: { p: number[]; corrected: number[] }[];
  student: {
    quantiles: { tail: number; degrees: number; t: number }[];
    tails: { t: number; degrees: number; tail: number }[];
  };
  acrossSeeds: (Interval & { values: number[]; mean: number; deviation: number })[];
  meanDifferences: {
    one: (Interval & { values: number[]; p: number })[];
    two: (Interval & { first: number[]; second: number[]; p: number })[];
  };
  bootstrap: (Interval & {
    values: number[];
    resamples: number;
    seed: number;
    indices?: number[][];
  })[];
  differences: (Interval & Disagreements & { cumulative: [number, number][] })[];
  bonettPrice: (Interval & Disagreements)[];
  macroAverages: (Interval & { tasks: { n: number; correct: number }[]; value: number })[];
  macroPairs: (Interval & { tasks: Disagreements[]; p: number })[];
}

interface Disagreements {
  n: number;
  onlyFirst: number;
  onlySecond: number;
}

const golden = readJson('statistics/statistics.json') as Golden;
const noneRight = { bothRight: 0 };

/** Relative, or absolute where the value is small. */
function expectNear(actual: number | undefined, expected: number, tolerance: number): void {
  const error = Math.abs((actual ?? NaN) - expected) / Math.max(1, Math.abs(expected));
  expect(error, `${actual ?? NaN} for ${expected}`).toBeLessThanOrEqual(tolerance);
}

function expectInterval(actual: Interval | null | undefined, expected: Interval): void {
  expectNear(actual?.low, expected.low, 1e-10);
  expectNear(actual?.high, expected.high, 1e-10);
}

test.each(golden.wilson)("Wilson's interval of $correct of $n", (expected) => {
  expectInterval(wilsonInterval(expected.correct, expected.n), expected);
});

test.each(golden.mcnemar)("McNemar's test of $onlyFirst against $onlySecond", (expected) => {
  const p = mcnemarExact(expected.onlyFirst, expected.onlySecond);
  // Of the value: what matters is how small it is.
  expect(Math.abs(p - expected.p)).toBeLessThanOrEqual(1e-9 * expected.p);
});

test.each(golden.holm)("Holm's correction of $p.length", ({ p, corrected }) => {
  const actual = holm(p);
  expect(actual).toHaveLength(corrected.length);
  for (const [i, value] of corrected.entries()) expectNear(actual[i], value, 1e-14);
});

describe("Student's t", () => {
  test('quantiles', () => {
    expect(golden.student.quantiles.length).toBeGreaterThan(100);
    for (const { tail, degrees, t } of golden.student.quantiles) {
      expectNear(quantileOfT(tail, degrees), t, 1e-10);
    }
  });

  test('tails', () => {
    expect(golden.student.tails.length).toBeGreaterThan(100);
    for (const { tail, degrees, t } of golden.student.tails) {
      // scipy itself loses digits at small t: of Cauchy's distribution at 1e-6 it has 1.4e-11 too little.
      expectNear(tailOfT(t, degrees), tail, 2e-11);
    }
  });
});

test.each(golden.acrossSeeds)('mean, deviation and interval of $values', (expected) => {
  const actual = acrossSeeds(expected.values);
  expectNear(actual?.mean, expected.mean, 1e-12);
  expectNear(actual?.deviation, expected.deviation, 1e-12);
  expectInterval(actual?.interval, expected);
});

test.each(golden.meanDifferences.one)('the mean of $values from 0', (expected) => {
  const actual = meanDifference(expected.values);
  expectInterval(actual?.interval, expected);
  expectNear(actual?.pValue, expected.p, 1e-10);
});

test.each(golden.meanDifferences.two)("Welch's test of $first against $second", (expected) => {
  const actual = welchDifference(expected.first, expected.second);
  expectInterval(actual?.interval, expected);
  expectNear(actual?.pValue, expected.p, 1e-10);
});

describe('the percentile bootstrap', () => {
  test.each(golden.bootstrap)('of $values.length values, $resamples times', (expected) => {
    const { values, resamples, seed, low, high } = expected;
    const actual = bootstrapInterval(values, { resamples, seed });
    expectNear(actual?.low, low, 1e-13);
    expectNear(actual?.high, high, 1e-13);
  });

  test('draws the observations that are told', () => {
    const told = golden.bootstrap.filter(({ indices }) => indices !== undefined);
    expect(told).toHaveLength(1);
    for (const { values, seed, indices = [] } of told) {
      const n = values.length;
      const drawn = indices.map((row, r) =>
        row.map((_, i) => Math.floor(n * drawAt(seed, r * n + i))),
      );
      expect(drawn).toEqual(indices);
    }
  });
});

describe('the difference over questions drawn anew', () => {
  const title = '$n questions, $onlyFirst against $onlySecond';
  test.each(golden.differences)(title, (expected) => {
    const distribution = differenceDistribution(expected);
    for (const [difference, probability] of expected.cumulative) {
      expectNear(probabilityUpTo(distribution, difference), probability, 1e-9);
    }
    const interval = pairedBootstrap({ ...noneRight, ...expected });
    expect(interval?.low).toBe(expected.low / expected.n);
    expect(interval?.high).toBe(expected.high / expected.n);
  });

  function probabilityUpTo(distribution: LatticeDistribution, difference: number): number {
    const { first, step, cumulative } = distribution;
    const place = Math.floor((difference - first) / step);
    return place < 0 ? 0 : (cumulative[Math.min(place, cumulative.length - 1)] ?? NaN);
  }
});

test.each(golden.bonettPrice)("Bonett and Price's interval, $n questions", (expected) => {
  expectInterval(pairedDifference({ ...noneRight, ...expected }).interval, expected);
});

test.each(golden.macroAverages)('the average over $tasks.length tasks', (expected) => {
  const actual = macroAverage(expected.tasks);
  expectNear(actual?.value, expected.value, 1e-12);
  expectInterval(actual?.interval, expected);
});

/** Of 10,000 draws against 400,000: four standard errors of a percentile and of a share. */
test.each(golden.macroPairs)('the difference over $tasks.length tasks', (expected) => {
  const tasks = expected.tasks.map((task) => ({ ...noneRight, ...task }));
  const interval = macroBootstrap(tasks);
  const tolerance = 0.03 * (expected.high - expected.low);
  expect(Math.abs((interval?.low ?? NaN) - expected.low)).toBeLessThan(tolerance);
  expect(Math.abs((interval?.high ?? NaN) - expected.high)).toBeLessThan(tolerance);
  const error = Math.sqrt((expected.p * (1 - expected.p)) / 10_000);
  const p = macroExchange(tasks) ?? NaN;
  expect(Math.abs(p - expected.p)).toBeLessThan(4 * error + 1e-4);
});

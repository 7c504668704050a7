// Comparisons in plain words, and the methods behind them.
import { describe, expect, test } from 'vitest';
import {
  comparisonMethod,
  comparisonSentence,
  isSignificant,
  probabilityText,
  signedPoints,
  verdictOf,
} from '../../../extension/shared/comparisonText';
import {
  compareSeeds,
  compareTasks,
  turnedRound,
  type TaskPair,
} from '../../../extension/shared/statistics/compared';
import { untranslated as t } from '../../../extension/shared/translate';

function pair(task: string, n: number, bothRight: number, only: [number, number]): TaskPair {
  const counts = { n, bothRight, onlyFirst: only[0], onlySecond: only[1] };
  return { task, group: '', counts, firstAsked: n, secondAsked: n };
}

test('averages are of the tasks of one group, the largest first; a group of one task has none', () => {
  const of = (task: string, group: string): TaskPair => ({
    ...pair(task, 100, 50, [10, 5]),
    group,
  });
  const pairs = [of('a', 'x'), of('b', 'y'), of('c', ''), of('d', 'y'), of('e', 'x'), of('f', 'y')];
  const found = compareTasks(pairs).map(({ task, group, tasks }) => [task, group, tasks]);
  expect(found.slice(0, 2)).toEqual([
    ['', 'y', 3],
    ['', 'x', 2],
  ]);
  expect(found.slice(2).map(([task]) => task)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  const seeds = compareSeeds([pairs, pairs], null).filter(({ task }) => task === '');
  expect(seeds.map(({ group, tasks }) => [group, tasks])).toEqual([
    ['y', 3],
    ['x', 2],
  ]);
});

describe('over questions', () => {
  const pairs = [pair('ARC-Challenge', 1172, 700, [120, 70]), pair('quiz', 192, 188, [0, 2])];
  const [average, clear, chance] = compareTasks(pairs);

  test('a clear difference', () => {
    // (120 - 70) / 1172 = 4.27 points; Bonett and Price by hand: 0.0426 ± 1.96 * 0.011708
    expect(clear && comparisonSentence(clear, t)).toBe(
      'better by 4.3 points, 95 % interval 2.0 to 6.6, same 1,172 questions',
    );
    expect(clear && verdictOf(clear)).toBe('better');
    expect(clear && comparisonMethod(clear, t)).toBe(
      "Only the first right: 120. Only the second: 70. McNemar's exact test: p = 0.00035. " +
        'Interval by Bonett and Price; paired bootstrap: 2.0 to 6.6.',
    );
  });

  test('one that may be chance, told of the better one', () => {
    // -2 / 194 ± 1.96 * sqrt((4 / 194 - (2 / 194)^2) / 194) = -1.03 ± 2.02 points, turned round.
    expect(chance && comparisonSentence(chance, t)).toBe(
      'worse by 1.0 points, which may be chance, 95 % interval −1.0 to 3.0, same 192 questions',
    );
    expect(chance && verdictOf(chance)).toBe('unclear');
    const corrected = { pValue: 1, comparisons: 32 };
    expect(chance && comparisonMethod(chance, t, corrected)).toMatch(
      /p = 0\.50\. .* After Holm's correction for 32 comparisons: p = 1\.00\.$/,
    );
  });

  test('the average, whose test exchanges answers', () => {
    expect(average).toMatchObject({ task: '', tasks: 2, n: 1364 });
    expect(average && comparisonSentence(average, t)).toContain('better by 1.6 points');
    expect(average && comparisonMethod(average, t)).toMatch(
      /^The mean of the 2 tasks, each counting alike\. .*Exchanging the two's answers at random, 10,000 times: p = /,
    );
  });

  test('choices by log-likelihood are compared by themselves, and in no average', () => {
    const choices = pairs.map((pair) => ({ ...pair, task: `${pair.task}.choice` }));
    const mixed = [...pairs, ...choices.map((pair) => ({ ...pair, protocol: 'choice' as const }))];
    const compared = compareTasks(mixed);
    expect(compared.filter(({ task }) => task === '')).toEqual([average]);
    expect(compared).toHaveLength(1 + mixed.length);
    expect(compareTasks(mixed.slice(pairs.length)).map(({ task }) => task)).not.toContain('');
  });

  test('equal answers are even; one task has no average; none in common is left out', () => {
    const compared = compareTasks([pair('a', 100, 90, [0, 0]), pair('b', 0, 0, [0, 0])]);
    expect(compared.map(({ task }) => task)).toEqual(['a']);
    expect(compared[0] && comparisonSentence(compared[0], t)).toBe(
      'even, 95 % interval −2.7 to 2.7, same 100 questions',
    );
    expect(compared[0]?.pValue).toBe(1);
  });

  test('what could not be paired is counted', () => {
    const [one] = compareTasks([{ ...pair('a', 100, 90, [5, 1]), firstAsked: 120 }]);
    expect(one && comparisonMethod(one, t)).toContain(
      '20 answers were left out: asked of one alone, or with another prompt.',
    );
  });

  test('turned round it says the same of the other', () => {
    const other = clear && turnedRound(clear);
    expect(other && comparisonSentence(other, t)).toBe(
      'worse by 4.3 points, 95 % interval 2.0 to 6.6, same 1,172 questions',
    );
    expect(other && comparisonMethod(other, t)).toContain('Only the first right: 70.');
  });
});

describe('over seeds', () => {
  const against = (scores: number[]): TaskPair[][] =>
    scores.map((right) => [pair('quiz', 200, 100, [right - 100, 20])]);

  test('against one run: differences from it, by Student', () => {
    // The run has 120 of 200; the seeds are 10, 15 and 20 points better.
    const [one, ...others] = compareSeeds(against([140, 150, 160]), null);
    expect(others).toEqual([]);
    expect(one).toMatchObject({ task: 'quiz', n: 200 });
    expect(one?.difference).toBeCloseTo(0.15, 12);
    // 0.05 / sqrt(3) * 4.302653 = 0.124207
    expect(one?.interval.low).toBeCloseTo(0.15 - 0.124207, 6);
    expect(one && comparisonSentence(one, t)).toBe(
      'better by 15.0 points, 95 % interval 2.6 to 27.4, 3 seeds against one run, same 200 questions',
    );
    expect(one && comparisonSentence(turnedRound(one), t)).toContain('one run against 3 seeds');
  });

  test('against other seeds: by Welch', () => {
    // The others: the anchor with 120 right, and two more, of whom it is told against the anchor.
    const [one] = compareSeeds(against([140, 150, 160]), against([124, 116]));
    expect(one?.difference).toBeCloseTo(0.15, 12);
    expect(one && comparisonSentence(one, t)).toContain('3 seeds against 3, same 200 questions');
    expect(one && comparisonMethod(one, t)).toMatch(/^Welch's t test of the seeds' figures: p = /);
  });

  test('need the same questions of everyone', () => {
    const [, , last] = against([140, 150, 160]);
    const fewer = [{ ...pair('quiz', 180, 100, [30, 20]), secondAsked: 200 }];
    expect(compareSeeds([...against([140, 150]), fewer], null)).toEqual([]);
    expect(compareSeeds([...against([140, 150]), last ?? []], null)).toHaveLength(1);
    expect(compareSeeds([...against([140, 150]), []], null)).toEqual([]);
  });

  test('average the tasks of each seed', () => {
    const members = [140, 150].map((right) => [
      pair('quiz', 200, 100, [right - 100, 20]),
      pair('facts', 100, 50, [0, 0]),
    ]);
    const [whole] = compareSeeds(members, null);
    expect(whole).toMatchObject({ task: '', tasks: 2, n: 300 });
    expect(whole?.difference).toBeCloseTo((0.1 + 0.15) / 4, 12);
  });
});

test('figures in words', () => {
  expect([2.14, -0.41, 0.04, -0.04].map(signedPoints)).toEqual(['+2.1', '−0.4', '0.0', '0.0']);
  expect([0.5, 0.0312, 0.00042, 3.2e-7, 0].map(probabilityText)).toEqual([
    ...['0.50', '0.031', '0.00042', '3e-7', '0'],
  ]);
  expect([0.049, 0.05].map(isSignificant)).toEqual([true, false]);
});

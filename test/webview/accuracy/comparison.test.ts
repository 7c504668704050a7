// Two rows compared in plain words.
import { expect, test } from 'vitest';
import { comparePairs } from '../../../webview/accuracy/comparison';
import { t } from './sampleRows';

test('a clear difference, one that may be chance, and none', () => {
  const counts = { n: 1172, bothRight: 700, onlyFirst: 120, onlySecond: 70 };
  const [average, clear, chance] = comparePairs(
    [
      { task: 'ARC-Challenge', counts },
      { task: 'quiz', counts: { n: 192, bothRight: 188, onlyFirst: 0, onlySecond: 2 } },
    ],
    t,
  );
  // (120 - 70) / 1172 = 4.27 points; Bonett and Price by hand: 0.0426 ± 1.96 * 0.011708
  expect(clear?.sentence).toBe(
    'better by 4.3 points, 95 % interval 2.0 to 6.6, same 1,172 questions',
  );
  expect(clear?.verdict).toBe('better');
  // -2 / 194 ± 1.96 * sqrt((4 / 194 - (2 / 194)^2) / 194) = -1.03 ± 2.02 points, turned round.
  expect(chance).toMatchObject({ task: 'quiz', verdict: 'unclear' });
  expect(chance?.sentence).toBe(
    'worse by 1.0 points, which may be chance, 95 % interval −1.0 to 3.0, same 192 questions',
  );
  expect(chance?.test).toBe(
    "Only the first right: 0. Only the second: 2. McNemar's exact test: p = 0.50.",
  );
  expect(average?.task).toBe('');
  expect(average?.sentence).toContain('better by 1.6 points');
});

test('equal answers are even; a single task has no average; none in common is left out', () => {
  const same = { n: 100, bothRight: 90, onlyFirst: 0, onlySecond: 0 };
  const none = { n: 0, bothRight: 0, onlyFirst: 0, onlySecond: 0 };
  const compared = comparePairs(
    [
      { task: 'a', counts: same },
      { task: 'b', counts: none },
    ],
    t,
  );
  expect(compared).toHaveLength(1);
  expect(compared[0]).toMatchObject({ task: 'a', verdict: 'unclear' });
  expect(compared[0]?.sentence).toMatch(/^even, 95 % interval −2\.7 to 2\.7, same 100 questions$/);
});

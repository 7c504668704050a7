import { describe, expect, test } from 'vitest';
import { LossTrend } from '../../../extension/trainer/lossTrend';

/** Steps at which a warning came. */
function warnings(losses: readonly number[]): number[] {
  const trend = new LossTrend();
  return losses.flatMap((loss, i) => (trend.see(i + 1, loss) === undefined ? [] : [i + 1]));
}

const repeat = (loss: number, count: number): number[] => Array.from({ length: count }, () => loss);

describe('the trend of the loss', () => {
  test('a loss that runs away is told once, after it stayed high', () => {
    const losses = [...repeat(1, 30), ...repeat(4, 200)];
    const [first, ...others] = warnings(losses);
    // The mean is above 3 from the seventh high step on; twenty such steps are waited for.
    expect(first).toBe(30 + 7 + 19);
    expect(others).toEqual([]);
  });

  test('what it says holds figures and advice', () => {
    const trend = new LossTrend();
    const told = [...repeat(1, 30), ...repeat(4, 60)].map((loss, i) => trend.see(i, loss));
    const warning = told.find((one) => one !== undefined);
    expect(warning).toMatchObject({ type: 'warning', code: 'loss-rising' });
    expect(warning).toHaveProperty('message', expect.stringMatching(/1\.000.*learning rate/));
  });

  test('a single spike, a falling loss and noise near zero are no warning', () => {
    expect(warnings([...repeat(1, 40), 60, 40, 20, ...repeat(1, 60)])).toEqual([]);
    expect(warnings(Array.from({ length: 300 }, (_, i) => 3 / (1 + i / 10)))).toEqual([]);
    const noise = Array.from({ length: 300 }, (_, i) => (i < 30 ? 0.001 : 0.02 + 0.01 * (i % 3)));
    expect(warnings(noise)).toEqual([]);
  });

  test('a start that is short of a mean is no minimum', () => {
    expect(warnings([0.01, ...repeat(2, 100)])).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { fitSlopes, type ModuleChange } from '../../extension/shared/slopeFits';

function changesOf(type: string, points: readonly (readonly [number, number])[]): ModuleChange[] {
  return points.map(([deltaD, deltaM], layer) => ({
    name: `model.layers.${layer}.self_attn.${type}`,
    deltaD,
    deltaM,
  }));
}

function fitOf(type: string, changes: ModuleChange[]) {
  const found = fitSlopes(changes).find(({ module }) => module === type);
  if (found === undefined) throw new Error(`no fit of ${type}`);
  return found;
}

describe('fitSlopes', () => {
  test('finds the line that points lie on', () => {
    const fit = fitOf(
      'q_proj',
      changesOf('q_proj', [
        [0.1, 0.5],
        [0.2, 0.3],
        [0.3, 0.1],
      ]),
    );
    expect(fit.slope).toBeCloseTo(-2, 12);
    expect(fit.correlation).toBeCloseTo(-1, 12);
    expect(fit.points).toBe(3);
    expect(fit.interval?.[0]).toBeCloseTo(-1, 12);
    expect(fit.interval?.[1]).toBeCloseTo(-1, 12);
  });

  // numpy: polyfit([1, 2, 3, 5], [2, 1, 4, 3], 1) and corrcoef.
  test('agrees with a reference on points beside the line', () => {
    const changes = changesOf('k_proj', [
      [1, 2],
      [2, 1],
      [3, 4],
      [5, 3],
    ]);
    const { slope, correlation } = fitOf('k_proj', changes);
    expect(slope).toBeCloseTo(3.5 / 8.75, 12);
    expect(correlation).toBeCloseTo(3.5 / Math.sqrt(8.75 * 5), 12);
  });

  test('fits each type and all of them, in the order of a layer', () => {
    const changes = [
      ...changesOf('down_proj', [[1, 1]]),
      ...changesOf('q_proj', [[2, 2]]),
      ...changesOf('up_proj', [[3, 3]]),
    ];
    const fits = fitSlopes(changes);
    expect(fits.map(({ module }) => module)).toEqual(['q_proj', 'up_proj', 'down_proj', 'all']);
    expect(fits.map(({ points }) => points)).toEqual([1, 1, 1, 3]);
    expect(fits[0]?.slope).toBeNull();
    expect(fits[3]?.slope).toBeCloseTo(1, 12);
  });

  test('is undefined without spread, and says so in each part', () => {
    const sameDirection = changesOf('q_proj', [
      [0.1, 1],
      [0.1, 2],
      [0.1, 3],
    ]);
    expect(fitOf('q_proj', sameDirection)).toMatchObject({ slope: null, correlation: null });
    const sameMagnitude = changesOf('q_proj', [
      [1, 0.1],
      [2, 0.1],
      [3, 0.1],
    ]);
    expect(fitOf('q_proj', sameMagnitude).slope).toBeCloseTo(0, 12);
    expect(fitOf('q_proj', sameMagnitude)).toMatchObject({ correlation: null, interval: null });
    expect(fitSlopes([])).toEqual([
      { module: 'all', slope: null, correlation: null, points: 0, interval: null },
    ]);
  });

  test('leaves out values that are not numbers', () => {
    const changes = changesOf('v_proj', [
      [1, 1],
      [2, 2],
      [3, 3],
      [NaN, 4],
    ]);
    expect(fitOf('v_proj', changes)).toMatchObject({ points: 3 });
  });

  test('draws the same interval every time, around the correlation', () => {
    const points = Array.from({ length: 30 }, (_, i) => [i, i + 8 * Math.sin(i * 7)] as const);
    const changes = changesOf('q_proj', points);
    const { correlation, interval } = fitOf('q_proj', changes);
    expect(fitOf('q_proj', changes).interval).toEqual(interval);
    expect(interval?.[0]).toBeLessThan(correlation ?? -1);
    expect(interval?.[1]).toBeGreaterThan(correlation ?? 1);
  });
});

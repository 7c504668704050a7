import { describe, expect, it } from 'vitest';
import { parseExperiment } from '../../../extension/shared/experimentFile';
import { learningRateAt } from '../../../extension/trainer/schedule';

function rates(training: object, steps: number): number[] {
  const text = JSON.stringify({ name: 'a', model: 'm', data: { train: ['a.json'] }, training });
  const settings = parseExperiment(text, 'a').runs[0]?.settings.training;
  if (settings === undefined) throw new Error('no run');
  return Array.from({ length: steps }, (_, step) => learningRateAt(settings, step, steps));
}

// From get_scheduler of transformers 5.23 with a learning rate of 1.
describe('the learning rate', () => {
  it('falls linearly after the warm-up', () => {
    expect(rates({ learningRate: 1, warmupSteps: 2 }, 6)).toEqual([0, 0.5, 1, 0.75, 0.5, 0.25]);
  });

  it('follows a cosine', () => {
    const cosine = rates({ learningRate: 1, schedule: 'cosine' }, 4);
    const expected = [1, 0.8535533905932737, 0.5, 0.14644660940672627];
    cosine.forEach((rate, step) => {
      expect(rate).toBeCloseTo(expected[step] ?? NaN, 12);
    });
  });

  it('stays constant, with a warm-up by ratio', () => {
    expect(rates({ learningRate: 1, schedule: 'constant', warmupRatio: 0.3 }, 5)).toEqual([
      0, 0.5, 1, 1, 1,
    ]);
  });
});

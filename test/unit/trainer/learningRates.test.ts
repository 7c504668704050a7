import { expect, test } from 'vitest';
import { checkConflicts } from '../../../extension/shared/experimentConflicts';
import { parseExperiment } from '../../../extension/shared/experimentFile';
import { learningRates } from '../../../extension/trainer/learningRates';

const names = [
  'q.lora_A.weight',
  'q.lora_B.weight',
  'q.lora_magnitude_vector',
  'p.lora_E',
  'p.lora_B',
];
const parameters = names.map((name) => ({ name }));
const training = { learningRate: 2e-4 };

test('all parameters of a run have the same rate unless it says otherwise', () => {
  expect(learningRates({ training, adapter: { loraPlusRatio: 1 } }, parameters)).toBeUndefined();
  const same = { loraPlusRatio: 1, magnitudeLearningRate: 2e-4 };
  expect(learningRates({ training, adapter: same }, parameters)).toBeUndefined();
});

test('B has its ratio and a magnitude its own rate, also 0', () => {
  const plus = learningRates({ training, adapter: { loraPlusRatio: 16 } }, parameters);
  expect(plus).toEqual(Float32Array.of(1, 16, 1, 1, 16));
  const own = { loraPlusRatio: 1, magnitudeLearningRate: 1e-3 };
  expect(learningRates({ training, adapter: own }, parameters)).toEqual(
    Float32Array.of(1, 1, 5, 1, 1),
  );
  const still = { loraPlusRatio: 4, magnitudeLearningRate: 0 };
  expect(learningRates({ training, adapter: still }, parameters)).toEqual(
    Float32Array.of(1, 4, 0, 1, 4),
  );
});

test('methods without A and B to train have no ratio and no principal pair', () => {
  const text = JSON.stringify({
    ...{ name: 'a', model: 'm', data: { train: ['a.json'] }, method: 'dora' },
    adapter: { loraPlusRatio: 16 },
  });
  const [run] = parseExperiment(text, 'a').runs;
  if (run === undefined) throw new Error('no run');
  const place = () => ({ file: 'a' });
  for (const method of ['full', 'lora', 'qdora'] as const) {
    checkConflicts({ ...run.settings, method }, run.explicit, place);
  }
  for (const method of ['vera', 'dvora'] as const) {
    expect(() => {
      checkConflicts({ ...run.settings, method }, run.explicit, place);
    }).toThrow('"method" and "adapter.loraPlusRatio" conflict');
    const adapter = { ...run.settings.adapter, loraPlusRatio: 1, init: 'pissa' as const };
    expect(() => {
      checkConflicts({ ...run.settings, method, adapter }, run.explicit, place);
    }).toThrow('"method" and "adapter.init" conflict');
  }
});

// The order in which less memory is tried.
import { expect, test } from 'vitest';
import {
  fittingText,
  smallerFittings,
  type Fitting,
} from '../../../../extension/trainer/memory/fittings';

const wanted: Fitting = {
  ...{ batchSize: 6, accumulation: 2, activationCheckpointing: false, baseWeights: 'f32' },
};

function told(fittings: readonly Fitting[]): string[] {
  return fittings.map(
    ({ batchSize, accumulation, activationCheckpointing, baseWeights }) =>
      `${batchSize} x ${accumulation}${activationCheckpointing ? ' again' : ''}, ${baseWeights}`,
  );
}

test('micro-batches become smaller first, then activations are computed again', () => {
  expect(told(smallerFittings(wanted, false))).toEqual([
    ...['3 x 4, f32', '2 x 6, f32', '1 x 12, f32'],
    ...['6 x 2 again, f32', '3 x 4 again, f32', '2 x 6 again, f32', '1 x 12 again, f32'],
  ]);
});

test('weights are kept as they are stored before all else, where that is less', () => {
  expect(told(smallerFittings({ ...wanted, batchSize: 2 }, true))).toEqual([
    ...['2 x 2, stored', '1 x 4, stored', '2 x 2 again, stored', '1 x 4 again, stored'],
  ]);
});

test('a run that computes activations again has smaller micro-batches alone', () => {
  const smaller = smallerFittings(
    { ...wanted, batchSize: 2, activationCheckpointing: true, baseWeights: 'stored' },
    false,
  );
  expect(told(smaller)).toEqual(['1 x 4 again, stored']);
});

test.each<[Partial<Fitting>, string]>([
  [{ batchSize: 3, accumulation: 4 }, 'takes micro-batches of 3 records instead of 6, 4 a step'],
  [{ batchSize: 1, accumulation: 12 }, 'takes micro-batches of 1 record instead of 6, 12 a step'],
  [{ activationCheckpointing: true }, 'computes activations a second time'],
  [{ baseWeights: 'stored' }, 'keeps weights as they lie in their files'],
  [
    { batchSize: 1, accumulation: 12, activationCheckpointing: true },
    'takes micro-batches of 1 record instead of 6, 12 a step, and computes activations a second time',
  ],
  [{}, ''],
])('%j is told', (changes, text) => {
  expect(fittingText({ ...wanted, ...changes }, wanted)).toBe(text);
});

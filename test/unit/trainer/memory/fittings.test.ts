// The order in which less memory is tried.
import { expect, test } from 'vitest';
import { fittingText, smallerFittings } from '../../../../extension/trainer/memory/fittings';

const wanted = { batchSize: 6, accumulation: 2, activationCheckpointing: false };

test('micro-batches become smaller first, then activations are computed again', () => {
  const told = smallerFittings(wanted).map(
    ({ batchSize, accumulation, activationCheckpointing }) =>
      `${batchSize} x ${accumulation}${activationCheckpointing ? ' again' : ''}`,
  );
  expect(told).toEqual([
    ...['3 x 4', '2 x 6', '1 x 12'],
    ...['6 x 2 again', '3 x 4 again', '2 x 6 again', '1 x 12 again'],
  ]);
});

test('a run that computes activations again has smaller micro-batches alone', () => {
  const smaller = smallerFittings({ ...wanted, batchSize: 2, activationCheckpointing: true });
  expect(smaller).toEqual([{ batchSize: 1, accumulation: 4, activationCheckpointing: true }]);
});

test.each([
  [{ batchSize: 3, accumulation: 4 }, 'takes micro-batches of 3 records instead of 6, 4 a step'],
  [{ batchSize: 1, accumulation: 12 }, 'takes micro-batches of 1 record instead of 6, 12 a step'],
  [{ activationCheckpointing: true }, 'computes activations a second time'],
  [
    { batchSize: 1, accumulation: 12, activationCheckpointing: true },
    'takes micro-batches of 1 record instead of 6, 12 a step, and computes activations a second time',
  ],
  [{}, ''],
])('%j is told', (changes, text) => {
  expect(fittingText({ ...wanted, ...changes }, wanted)).toBe(text);
});

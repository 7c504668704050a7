// Micro-batches that are drawn from what was measured of the records.
import { expect, test } from 'vitest';
import { alikeInOrder, inOrderOfTokens, savedTokens } from '../../../../extension/data/beginning';
import {
  largestBatch,
  usualBatch,
  type MeasuredRecords,
} from '../../../../extension/trainer/inspect/drawnBatches';

/** Records that begin as one of three do. */
const texts = Array.from({ length: 40 }, (_, i) => ({
  tokens: Int32Array.from([1, 2, 3, 4, i % 3, 5, 5, i, i + 1].slice(0, 6 + (i % 4))),
}));

function measure(records: typeof texts): MeasuredRecords {
  const ordered = inOrderOfTokens(records);
  return {
    lengths: ordered.map(({ tokens }) => tokens.length),
    counted: ordered.map(() => 2),
    alike: alikeInOrder(ordered),
  };
}

const tokens = texts.reduce((sum, one) => sum + one.tokens.length, 0);

test('a batch of all records saves what they have in common', () => {
  const places = tokens - texts.length;
  const all = { places, rows: places - savedTokens(texts), counted: 80, texts: 40 };
  expect(all.rows).toBeLessThan(places / 2);
  expect(largestBatch(measure(texts), 40, 10)).toEqual({ ...all, counted: all.rows });
  expect(largestBatch(measure(texts), 64, 10)).toMatchObject({ places, texts: 40 });
});

test('the largest of many is larger than the usual one', () => {
  const measured = measure(texts);
  const largest = largestBatch(measured, 4, 500);
  const usual = usualBatch(measured, 4);
  expect(largest.places).toBeGreaterThan(usual.places);
  expect(largest.places).toBeLessThanOrEqual(4 * 8);
  expect(usual.places / (4 * (tokens / texts.length - 1))).toBeCloseTo(1, 0);
  expect(usual.rows).toBeLessThan(usual.places - 9);
  expect(usual.counted).toBe(8);
});

test('a batch of one record, of more than there are, and of none', () => {
  const one = usualBatch(measure(texts), 1);
  expect(one.rows).toBe(one.places);
  // As many as the run asks for, although files may hold fewer.
  expect(usualBatch(measure(texts.slice(0, 1)), 3).texts).toBe(3);
  const none = { places: 0, rows: 0, counted: 0, texts: 0 };
  expect(largestBatch(measure([]), 4, 10)).toEqual(none);
});

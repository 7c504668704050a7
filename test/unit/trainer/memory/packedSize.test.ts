// What of a micro-batch is computed.
import { expect, test } from 'vitest';
import { packedSize } from '../../../../extension/trainer/memory/packedSize';

const texts = { tokens: 400, counted: 396, texts: 4 };

test('the last token of a text is not computed', () => {
  expect(packedSize(texts, 0)).toEqual({ places: 396, rows: 396, counted: 396, texts: 4 });
  expect(packedSize({ ...texts, counted: 20 }, 0).counted).toBe(20);
});

test('what texts begin alike with is computed once, if that pays', () => {
  expect(packedSize(texts, 90)).toEqual({ places: 396, rows: 306, counted: 306, texts: 4 });
  expect(packedSize({ ...texts, counted: 20 }, 90)).toMatchObject({ rows: 306, counted: 20 });
  expect(packedSize(texts, 24).rows).toBe(396);
});

import { expect, test } from 'vitest';
import { hasMagnitudes, isQuantized, isVera, methods } from '../../../extension/shared/methods';

test('what is true of several methods', () => {
  expect(methods.filter(hasMagnitudes)).toEqual(['dora', 'qdora', 'dvora']);
  expect(methods.filter(isVera)).toEqual(['vera', 'dvora']);
  expect(methods.filter(isQuantized)).toEqual(['qlora', 'qdora']);
});

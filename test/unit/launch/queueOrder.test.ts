import { describe, expect, test } from 'vitest';
import type { Queue } from '../../../extension/launch/queueFile';
import {
  nextToStart,
  putBefore,
  step,
  toEnd,
  toFront,
  without,
} from '../../../extension/launch/queueOrder';

/** One letter a run. */
function queueOf(folders: string, others: Partial<Queue> = {}): Queue {
  const empty = { format: 1 as const, paused: false, parallel: 1, now: [], running: [] };
  return { ...empty, folders: folders.split(''), ...others };
}

function order({ folders }: Queue): string {
  return folders.join('');
}

describe('joining', () => {
  test('Train goes before all others, in the order of the grid', () => {
    expect(order(toFront(queueOf('abc'), ['x', 'y']))).toBe('xyabc');
    expect(order(toFront(queueOf('abc'), ['c', 'x']))).toBe('cxab');
  });

  test('Queue goes behind all others; what waits already keeps its place', () => {
    expect(order(toEnd(queueOf('abc'), ['x', 'y']))).toBe('abcxy');
    expect(order(toEnd(queueOf('abc'), ['a', 'x']))).toBe('abcx');
  });
});

describe('moving', () => {
  test.each([
    ['c', 'up', 'acbd'],
    ['a', 'up', 'abcd'],
    ['b', 'down', 'acbd'],
    ['d', 'down', 'abcd'],
    ['c', 'front', 'cabd'],
    ['bd', 'front', 'bdac'],
    ['bd', 'up', 'badc'],
    ['ab', 'up', 'abcd'],
    ['ac', 'up', 'acbd'],
    ['cd', 'down', 'abcd'],
    ['ab', 'down', 'cabd'],
    ['x', 'front', 'abcd'],
  ] as const)('%s %s gives %s', (moved, where, expected) => {
    expect(order(step(queueOf('abcd'), moved.split(''), where))).toBe(expected);
  });

  test.each([
    ['a', 'c', 'bacd'],
    ['d', 'a', 'dabc'],
    ['ad', 'c', 'badc'],
    ['bc', 'b', 'abcd'],
    ['ab', undefined, 'cdab'],
    ['x', 'b', 'axbcd'],
    ['cd', 'd', 'abcd'],
    ['a', 'gone', 'bcda'],
  ])('%s dropped on %s gives %s', (moved, before, expected) => {
    expect(order(putBefore(queueOf('abcd'), moved.split(''), before))).toBe(expected);
  });
});

describe('whose turn it is', () => {
  test('the first one when less run than may', () => {
    expect(nextToStart(queueOf('ab'))).toBe('a');
    expect(nextToStart(queueOf('ab', { running: ['x'] }))).toBeUndefined();
    expect(nextToStart(queueOf('ab', { running: ['x'], parallel: 2 }))).toBe('a');
    expect(nextToStart(queueOf(''))).toBeUndefined();
  });

  test('nobody while it is paused, but for those asked to start now', () => {
    expect(nextToStart(queueOf('ab', { paused: true }))).toBeUndefined();
    expect(nextToStart(queueOf('ab', { paused: true, now: ['b'] }))).toBe('b');
    expect(nextToStart(queueOf('ab', { running: ['x'], now: ['b'] }))).toBe('b');
  });

  test('one that left is not asked for any more', () => {
    const queue = without(queueOf('ab', { now: ['b'] }), ['b']);
    expect(queue).toMatchObject({ folders: ['a'], now: [] });
  });
});

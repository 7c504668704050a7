// What golden values cannot show: shares of values, subspaces within others, rows of zeros. The native tests have deficient,
// wide and empty updates.
import { describe, expect, test } from 'vitest';
import type { Columns } from '../../../../extension/trainer/updates/columns';
import {
  countByEdges,
  edgesFor,
  relativeChanges,
} from '../../../../extension/trainer/updates/rowLengths';
import { effectiveRank, similarity } from '../../../../extension/trainer/updates/spectrum';

test('an update of equal values has its rank as effective rank, of one value 1, of none 0', () => {
  expect(effectiveRank(Float64Array.of(2, 2, 2))).toBeCloseTo(3, 12);
  expect(effectiveRank(Float64Array.of(5, 0, 0))).toBe(1);
  expect(effectiveRank(Float64Array.of(0, 0))).toBe(0);
});

describe('similarity', () => {
  /** Orthonormal: the rows of a Hadamard matrix of 4, halved. */
  const q: Columns = {
    ...{ rows: 4, count: 4 },
    data: Float64Array.of(1, 1, 1, 1, 1, -1, 1, -1, 1, 1, -1, -1, 1, -1, -1, 1).map((x) => x / 2),
  };

  test('is 1 with itself, also where one subspace is a part of the other, and 0 of orthogonal ones', () => {
    const half = { ...q, count: 2, data: q.data.subarray(0, 8) };
    const rest = { ...q, count: 2, data: q.data.subarray(8) };
    for (const [i, line] of similarity(q, q, 32).entries())
      for (const [j] of line.entries()) expect(similarity(q, q, 32)[i]?.[j]).toBeCloseTo(1, 12);
    expect(similarity(half, q, 32)[1]?.[3]).toBeCloseTo(1, 12);
    expect(similarity(half, rest, 32)[1]?.[1]).toBeCloseTo(0, 12);
    expect(similarity(q, q, 3)).toHaveLength(3);
  });

  test('of nothing is nothing', () => {
    const none = { rows: 4, count: 0, data: new Float64Array(0) };
    expect(similarity(none, none, 4)).toEqual([]);
  });
});

describe('lengths of rows', () => {
  async function* blocks(...all: number[][]): AsyncGenerator<Float32Array> {
    await Promise.resolve();
    for (const one of all) yield Float32Array.from(one);
  }

  test('are compared row by row over blocks; rows of zeros are left out', async () => {
    const base = blocks([3, 4, 0, 0], [1, 0]);
    const changes = await relativeChanges(base, blocks([6, 8, 1, 1], [0, 0.5]), 2);
    expect([...changes]).toEqual([1, -0.5]);
  });

  test('are counted in even bins about zero, the ends with what lies beyond', () => {
    const all = Float64Array.from({ length: 1000 }, (_, i) => (i - 499.5) / 1000);
    const edges = edgesFor([all, Float64Array.of(50)]);
    expect(edges).toHaveLength(42);
    expect(edges[0]).toBeCloseTo(-(edges[41] ?? 0), 12);
    expect(edges[20]).toBeCloseTo(-(edges[21] ?? 0), 12);
    const counts = countByEdges(Float64Array.of(-9, 0, 0, 9), edges);
    expect([counts[0], counts[20], counts[40]]).toEqual([1, 2, 1]);
    expect(counts.reduce((sum, count) => sum + count)).toBe(4);
  });

  test('that did not change fall into the middle', () => {
    const still = new Float64Array(5);
    expect(countByEdges(still, edgesFor([still]))[20]).toBe(5);
  });
});

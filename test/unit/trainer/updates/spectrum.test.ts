// What golden values cannot show: deficient, wide and empty updates.
import { describe, expect, test } from 'vitest';
import {
  column,
  columnsOfRows,
  dot,
  product,
  transposed,
  type Columns,
} from '../../../../extension/trainer/updates/columns';
import { jacobiSvd } from '../../../../extension/trainer/updates/jacobiSvd';
import {
  countByEdges,
  edgesFor,
  relativeChanges,
} from '../../../../extension/trainer/updates/rowLengths';
import {
  effectiveRank,
  similarity,
  spectrumOf,
} from '../../../../extension/trainer/updates/spectrum';
import { thinQr } from '../../../../extension/trainer/updates/thinQr';

/** Deterministic values in -1..1. */
function matrix(rows: number, count: number, seed: number): Columns {
  const values = Float32Array.from({ length: rows * count }, (_, i) => Math.sin(seed + 12.9 * i));
  return columnsOfRows(values, rows, count);
}

function expectSame(actual: Columns, expected: Columns): void {
  expect([actual.rows, actual.count]).toEqual([expected.rows, expected.count]);
  for (const [index, value] of expected.data.entries())
    expect(actual.data[index]).toBeCloseTo(value, 10);
}

function expectOrthonormal(q: Columns): void {
  for (let i = 0; i < q.count; i += 1)
    for (let j = 0; j < q.count; j += 1)
      expect(dot(column(q, i), column(q, j))).toBeCloseTo(i === j ? 1 : 0, 12);
}

describe('Q R', () => {
  test.each([
    [9, 4],
    [5, 5],
    [3, 7],
    [6, 1],
  ])('of %i rows and %i columns is the matrix, with orthonormal columns', (rows, count) => {
    const a = matrix(rows, count, rows);
    const { q, r } = thinQr(a);
    expectOrthonormal(q);
    expectSame(product(q, r), a);
  });

  test('of dependent columns and of zeros has orthonormal columns all the same', () => {
    const a = matrix(8, 3, 1);
    column(a, 1).set(column(a, 0));
    column(a, 2).fill(0);
    const { q, r } = thinQr(a);
    expectOrthonormal(q);
    expectSame(product(q, r), a);
  });
});

test.each([
  [6, 6],
  [7, 3],
  [3, 7],
])('singular values and vectors of (%i, %i) give the matrix again', (rows, count) => {
  const a = matrix(rows, count, 3);
  const { values, left, right } = jacobiSvd(a);
  expect([...values]).toEqual([...values].sort((one, other) => other - one));
  const scaled = { ...left, data: left.data.slice() };
  for (const [index, value] of values.entries())
    column(scaled, index).forEach((entry, row, own) => {
      own[row] = entry * value;
    });
  expectSame(product(scaled, transposed(right)), a);
});

describe('an update', () => {
  test('of equal values has its rank as effective rank, of one value 1, of none 0', () => {
    expect(effectiveRank(Float64Array.of(2, 2, 2))).toBeCloseTo(3, 12);
    expect(effectiveRank(Float64Array.of(5, 0, 0))).toBe(1);
    expect(effectiveRank(Float64Array.of(0, 0))).toBe(0);
  });

  test('of dependent columns has directions of its true rank alone', () => {
    const left = matrix(9, 3, 1);
    column(left, 2).set(column(left, 0));
    const spectrum = spectrumOf({ left, right: matrix(7, 3, 2) });
    expect(spectrum.left.count).toBe(2);
    expect(spectrum.right.count).toBe(2);
    expectOrthonormal(spectrum.left);
    expectOrthonormal(spectrum.right);
  });

  test('whose B is zero has no direction', () => {
    const zero = { rows: 9, count: 2, data: new Float64Array(18) };
    const { values, left } = spectrumOf({ left: zero, right: matrix(7, 2, 1) });
    expect([...values]).toEqual([0, 0]);
    expect(left.count).toBe(0);
    expect(similarity(left, left, 4)).toEqual([]);
  });

  test('of a rank above its size has as many values as it has rows', () => {
    const { values, left, right } = spectrumOf({ left: matrix(3, 8, 1), right: matrix(6, 8, 2) });
    expect(values).toHaveLength(3);
    expect([left.rows, right.rows]).toEqual([3, 6]);
    expectOrthonormal(right);
  });
});

describe('similarity', () => {
  test('is 1 with itself, also where one subspace is a part of the other, and 0 of orthogonal ones', () => {
    const { q } = thinQr(matrix(12, 4, 5));
    const half = { ...q, count: 2, data: q.data.subarray(0, 24) };
    const rest = { ...q, count: 2, data: q.data.subarray(24) };
    for (const [i, line] of similarity(q, q, 32).entries())
      for (const [j] of line.entries()) expect(similarity(q, q, 32)[i]?.[j]).toBeCloseTo(1, 12);
    expect(similarity(half, q, 32)[1]?.[3]).toBeCloseTo(1, 12);
    expect(similarity(half, rest, 32)[1]?.[1]).toBeCloseTo(0, 12);
    expect(similarity(q, q, 3)).toHaveLength(3);
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

// A = Q R with orthonormal columns in Q, by Householder reflections (Golub and Van Loan, Matrix Computations, 5.2.2).
import { addScaled, column, dot, zeroColumns, type Columns } from './columns';

export interface ThinQr {
  /** (rows, least of rows and columns) */
  q: Columns;
  /** (least of rows and columns, columns) */
  r: Columns;
}

export function thinQr(a: Columns): ThinQr {
  // A wide matrix is its own R.
  if (a.rows < a.count) return { q: identity(a.rows), r: a };
  const work: Columns = { ...a, data: a.data.slice() };
  const reflectors = reflect(work);
  return { q: orthonormal(a, reflectors), r: upper(work) };
}

/** Turns `work` into R, above the diagonal; reflector k is 1 - v v^T and zero in the first k places. */
function reflect(work: Columns): Float64Array[] {
  const reflectors: Float64Array[] = [];
  for (let k = 0; k < work.count; k += 1) {
    const v = reflectorOf(column(work, k), k);
    reflectors.push(v);
    for (let index = k; index < work.count; index += 1) apply(v, k, column(work, index));
  }
  return reflectors;
}

function reflectorOf(of: Float64Array, k: number): Float64Array {
  const v = of.slice();
  v.fill(0, 0, k);
  const norm = Math.sqrt(dot(v, v));
  if (norm === 0) return v;
  v[k] = (v[k] ?? 0) + ((v[k] ?? 0) < 0 ? -norm : norm);
  const length = Math.sqrt(dot(v, v) / 2);
  return v.map((value) => value / length);
}

function apply(v: Float64Array, k: number, to: Float64Array): void {
  const [tail, rest] = [v.subarray(k), to.subarray(k)];
  addScaled(rest, -dot(tail, rest), tail);
}

function orthonormal({ rows, count }: Columns, reflectors: readonly Float64Array[]): Columns {
  const q = zeroColumns(rows, count);
  for (let index = 0; index < count; index += 1) {
    const own = column(q, index);
    own[index] = 1;
    for (let k = count - 1; k >= 0; k -= 1) apply(reflectors[k] ?? own, k, own);
  }
  return q;
}

function upper(work: Columns): Columns {
  const r = zeroColumns(work.count, work.count);
  for (let index = 0; index < work.count; index += 1)
    column(r, index).set(column(work, index).subarray(0, index + 1));
  return r;
}

function identity(size: number): Columns {
  const matrix = zeroColumns(size, size);
  for (let index = 0; index < size; index += 1) column(matrix, index)[index] = 1;
  return matrix;
}

// Singular values and vectors of a small matrix by one-sided Jacobi rotations, which are accurate for small values too
// (Golub and Van Loan, Matrix Computations, 8.6.3).
import { column, dot, transposed, zeroColumns, type Columns } from './columns';

export interface Svd {
  /** The largest first. */
  values: Float64Array;
  /** Columns in the order of the values; that of a value of zero is zero. */
  left: Columns;
  right: Columns;
}

const mostSweeps = 60;
const orthogonal = 1e-14;

export function jacobiSvd(matrix: Columns): Svd {
  if (matrix.rows < matrix.count) {
    const { values, left, right } = jacobiSvd(transposed(matrix));
    return { values, left: right, right: left };
  }
  const work: Columns = { ...matrix, data: matrix.data.slice() };
  const turns = zeroColumns(matrix.count, matrix.count);
  for (let index = 0; index < matrix.count; index += 1) column(turns, index)[index] = 1;
  for (let sweep = 0; sweep < mostSweeps; sweep += 1) if (!rotateAll(work, turns)) break;
  return sorted(work, turns);
}

/** False when all columns were orthogonal. */
function rotateAll(work: Columns, turns: Columns): boolean {
  let rotated = false;
  for (let one = 0; one < work.count; one += 1)
    for (let other = one + 1; other < work.count; other += 1)
      rotated = rotate(work, turns, one, other) || rotated;
  return rotated;
}

function rotate(work: Columns, turns: Columns, one: number, other: number): boolean {
  const [a, b] = [column(work, one), column(work, other)];
  const [aa, bb, ab] = [dot(a, a), dot(b, b), dot(a, b)];
  if (ab === 0 || Math.abs(ab) <= orthogonal * Math.sqrt(aa * bb)) return false;
  const ratio = (bb - aa) / (2 * ab);
  const tangent = Math.sign(ratio || 1) / (Math.abs(ratio) + Math.hypot(1, ratio));
  const cosine = 1 / Math.hypot(1, tangent);
  turn(a, b, cosine, cosine * tangent);
  turn(column(turns, one), column(turns, other), cosine, cosine * tangent);
  return true;
}

function turn(a: Float64Array, b: Float64Array, cosine: number, sine: number): void {
  for (let i = 0; i < a.length; i += 1) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0];
    a[i] = cosine * x - sine * y;
    b[i] = sine * x + cosine * y;
  }
}

function sorted(work: Columns, turns: Columns): Svd {
  const lengths = Array.from({ length: work.count }, (_, index) => {
    const own = column(work, index);
    return Math.sqrt(dot(own, own));
  });
  const order = lengths.map((_, index) => index);
  order.sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0));
  const left = zeroColumns(work.rows, work.count);
  const right = zeroColumns(turns.rows, turns.count);
  for (const [place, index] of order.entries()) {
    const length = lengths[index] ?? 0;
    if (length > 0) column(left, place).set(column(work, index).map((value) => value / length));
    column(right, place).set(column(turns, index));
  }
  return { values: Float64Array.from(order, (index) => lengths[index] ?? 0), left, right };
}

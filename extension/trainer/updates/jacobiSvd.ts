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

/** False when all columns were orthogonal. Squares of lengths follow the rotations and are counted anew each sweep. */
function rotateAll(work: Columns, turns: Columns): boolean {
  const columns = Array.from({ length: work.count }, (_, index) => column(work, index));
  const turned = columns.map((_, index) => column(turns, index));
  const squares = Float64Array.from(columns, (own) => dot(own, own));
  let rotated = false;
  for (const [one, a] of columns.entries()) {
    for (let other = one + 1; other < columns.length; other += 1) {
      const b = columns[other] ?? a;
      const tangent = tangentOf(squares[one] ?? 0, squares[other] ?? 0, dot(a, b));
      if (tangent === undefined) continue;
      const cosine = 1 / Math.hypot(1, tangent.value);
      turn(a, b, cosine, cosine * tangent.value);
      turn(turned[one] ?? a, turned[other] ?? b, cosine, cosine * tangent.value);
      squares[one] = Math.max(0, (squares[one] ?? 0) - tangent.moved);
      squares[other] = (squares[other] ?? 0) + tangent.moved;
      rotated = true;
    }
  }
  return rotated;
}

/** Of the angle that makes two columns orthogonal, and how much of the squares goes over; undefined where they are. */
function tangentOf(
  aa: number,
  bb: number,
  ab: number,
): { value: number; moved: number } | undefined {
  if (ab === 0 || Math.abs(ab) <= orthogonal * Math.sqrt(aa * bb)) return undefined;
  const ratio = (bb - aa) / (2 * ab);
  const value = Math.sign(ratio || 1) / (Math.abs(ratio) + Math.hypot(1, ratio));
  return { value, moved: value * ab };
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

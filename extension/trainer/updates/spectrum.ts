// Singular values and vectors of an update s B A, which is never formed: B = Q R and A^T = Q' R', so that they are those of
// the small matrix s R R'^T, turned back.
import { column, dot, product, transposed, type Columns } from './columns';
import { jacobiSvd } from './jacobiSvd';
import { thinQr } from './thinQr';

/** An update of a module, (out, in): left right. */
export interface UpdateFactors {
  /** (out, r), all scales in it. */
  left: Columns;
  /** A^T, (in, r). */
  right: Columns;
}

export interface Spectrum {
  /** The largest first. */
  values: Float64Array;
  /** Directions of the output and of the input, of the values above zero: (out, n) and (in, n). */
  left: Columns;
  right: Columns;
}

/** Smaller values are rounding; their directions mean nothing. */
const negligible = 1e-10;

export function spectrumOf({ left, right }: UpdateFactors): Spectrum {
  const [outer, inner] = [thinQr(left), thinQr(right)];
  const svd = jacobiSvd(product(outer.r, transposed(inner.r)));
  const { values } = svd;
  const least = negligible * (values[0] ?? 0);
  const count = values.filter((value) => value > least).length;
  return {
    values,
    left: first(product(outer.q, svd.left), count),
    right: first(product(inner.q, svd.right), count),
  };
}

/** The exponential of the entropy of the values' shares (Roy and Vetterli, EUSIPCO 2007); 0 where there is no update. */
export function effectiveRank(values: Float64Array): number {
  const sum = values.reduce((total, value) => total + value, 0);
  if (sum === 0) return 0;
  let entropy = 0;
  for (const value of values) {
    const share = value / sum;
    if (share > 0) entropy -= share * Math.log(share);
  }
  return Math.exp(entropy);
}

/** phi(i, j) = |U_i^T V_j|^2 / min(i, j) of the first i and j directions (LoRA, arXiv 2106.09685, section 7.2), row by row. */
export function similarity(one: Columns, other: Columns, most: number): number[][] {
  const rows = Math.min(one.count, most);
  const columns = Math.min(other.count, most);
  // Of all pairs up to (i, j).
  const sums = new Float64Array(columns);
  return Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    return Array.from({ length: columns }, (__, j) => {
      sum += dot(column(one, i), column(other, j)) ** 2;
      sums[j] = (sums[j] ?? 0) + sum;
      return (sums[j] ?? 0) / (Math.min(i, j) + 1);
    });
  });
}

function first({ rows, data }: Columns, count: number): Columns {
  return { rows, count, data: data.subarray(0, rows * count) };
}

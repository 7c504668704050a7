// Singular values and directions of a module's update s B A, in double precision (native/cpu/update_spectrum.h), and what
// is told of them.
import type { LinearModule } from '../../model/architecture';
import { asFailure } from '../engineFailure';
import type { WeightUpdate } from '../exchange/weightUpdate';
import { loadAddon } from '../loadAddon';
import { column, dot, type Columns } from './columns';

export interface Spectrum {
  /** The largest first. */
  values: Float64Array;
  /** Directions of the output and of the input, of the first values above zero: (out, n) and (in, n). */
  left: Columns;
  right: Columns;
}

type Factors = Pick<WeightUpdate, 'rank' | 'scale' | 'a' | 'b'>;

/** DoRA's update is that of its direction, before the rows get their magnitudes. At most so many `directions`. */
export async function spectrumOf(
  { rank, scale, a, b }: Factors,
  { in: columns, out }: Pick<LinearModule, 'in' | 'out'>,
  directions: number,
): Promise<Spectrum> {
  try {
    const request = { rank, scale, a, b, in: columns, out, directions };
    const { values, left, right } = await loadAddon().updateSpectrum(request);
    const count = left.length / out;
    return {
      values,
      left: { rows: out, count, data: left },
      right: { rows: columns, count, data: right },
    };
  } catch (error) {
    throw asFailure(error);
  }
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

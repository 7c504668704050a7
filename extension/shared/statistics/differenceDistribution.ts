// How many more questions one model may win than the other: the sum of n independent steps of +1, -1 or 0. It is what
// a bootstrap over the questions draws from, so that none of them need be drawn.
import type { PairedCounts } from './pairedComparison';

export interface LatticeDistribution {
  /** Values are first, first + step, ... */
  first: number;
  step: number;
  /** Probability of each value or a smaller one; the last is 1. */
  cumulative: Float64Array;
}

/** Beside the likeliest: what is less likely on its way outwards is left out. */
const negligible = 1e-20;

/** Of only the first right less only the second, over n questions drawn anew from these. */
export function differenceDistribution({
  n,
  onlyFirst,
  onlySecond,
}: Omit<PairedCounts, 'bothRight'>): LatticeDistribution {
  const rest = n - onlyFirst - onlySecond;
  // Of three kinds of questions one is missing: wins of a kind among n.
  if (onlySecond === 0) return binomialDistribution(n, [onlyFirst, rest], { first: 0, step: 1 });
  if (onlyFirst === 0) return binomialDistribution(n, [rest, onlySecond], { first: -n, step: 1 });
  if (rest === 0) {
    return binomialDistribution(n, [onlyFirst, onlySecond], { first: -n, step: 2 });
  }
  const below = halfRatios(n, [onlyFirst, rest, onlySecond]);
  const above = halfRatios(n, [onlySecond, rest, onlyFirst]);
  const ratio = (k: number): number => (k < n ? (below[k] ?? 0) : 1 / (above[2 * n - 1 - k] ?? 0));
  const lattice = { first: -n, step: 1 };
  return outwards(2 * n, n + onlyFirst - onlySecond, ratio, lattice);
}

/** Of heads less tails, over n fair throws. */
export function fairDifference(n: number): LatticeDistribution {
  return binomialDistribution(n, [1, 1], { first: -n, step: 2 });
}

/** The smallest value that is not exceeded with this probability. */
export function quantileOnLattice(
  { first, step, cumulative }: LatticeDistribution,
  probability: number,
): number {
  let [low, high] = [0, cumulative.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] ?? 1) >= probability) high = middle;
    else low = middle + 1;
  }
  return first + step * low;
}

type Lattice = Pick<LatticeDistribution, 'first' | 'step'>;

/** `weights` of a win and of a loss. */
function binomialDistribution(
  n: number,
  [win, loss]: readonly [number, number],
  lattice: Lattice,
): LatticeDistribution {
  const likeliest = win + loss === 0 ? 0 : Math.floor((n * win) / (win + loss));
  const ratio = (k: number): number => ((n - k) * win) / ((k + 1) * loss);
  return outwards(n, likeliest, ratio, lattice);
}

/**
 * p(k + 1) / p(k) for k below n, of the coefficients p of (down + rest x + up x^2)^n. With P' (down + rest x + up x^2)
 * = n P (rest + 2 up x): down (k + 1) p(k + 1) = rest (n - k) p(k) + up (2n - k + 1) p(k - 1). All terms are positive
 * there, so nothing cancels; the other half is the same with up and down exchanged.
 */
function halfRatios(n: number, [up, rest, down]: readonly [number, number, number]): Float64Array {
  const ratios = new Float64Array(n);
  let before = Infinity;
  for (let k = 0; k < n; k++) {
    before = (rest * (n - k) + (up * (2 * n - k + 1)) / before) / (down * (k + 1));
    ratios[k] = before;
  }
  return ratios;
}

/** From a likely place to both sides, until what is left is rounding; then as probabilities. */
function outwards(
  last: number,
  start: number,
  ratio: (k: number) => number,
  { first, step }: Lattice,
): LatticeDistribution {
  const upwards = [1];
  for (let k = start, p = 1; k < last && isWorth(upwards); k++) upwards.push((p *= ratio(k)));
  const downwards = [1];
  for (let k = start, p = 1; k > 0 && isWorth(downwards); k--) downwards.push((p /= ratio(k - 1)));
  const shape = Float64Array.from([...downwards.reverse(), ...upwards.slice(1)]);
  const total = shape.reduce((sum, p) => sum + p, 0);
  let sum = 0;
  const cumulative = shape.map((p) => (sum += p) / total);
  cumulative[cumulative.length - 1] = 1;
  return { first: first + step * (start - downwards.length + 1), step, cumulative };
}

/** Even and odd places may differ much: both count. */
function isWorth(shape: readonly number[]): boolean {
  return Math.max(shape.at(-1) ?? 0, shape.at(-2) ?? 0) > negligible;
}

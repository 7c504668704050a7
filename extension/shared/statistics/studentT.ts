// Student's t distribution, to 1e-10 at least: tail and quantile for up to a million degrees of freedom, whole or not.

/** P(T > t), for t from 0 on; by the incomplete beta function. */
export function tailOfT(t: number, degrees: number): number {
  if (t < 0) return 1 - tailOfT(-t, degrees);
  if (!Number.isFinite(t)) return 0;
  const square = t * t;
  const x = degrees / (degrees + square);
  const rest = square / (degrees + square);
  if (rest === 0) return 0.5;
  const a = degrees / 2;
  // x^a (1 - x)^(1/2) / B(a, 1/2); log1p keeps digits where t is small beside the degrees of freedom.
  const logX = -Math.log1p(square / degrees);
  const front = Math.exp(a * logX + logGammaRatio(a)) * Math.sqrt(rest / Math.PI);
  // Each fraction converges on its own side of the mean of the beta distribution.
  return x < (a + 1) / (a + 2.5)
    ? (0.5 * front * betaFraction(a, 0.5, x)) / a
    : 0.5 - 0.5 * front * betaFraction(0.5, a, rest) * 2;
}

/** The t that is exceeded with the probability `tail`, 0 < tail <= 0.5. */
export function quantileOfT(tail: number, degrees: number): number {
  if (tail === 0.5) return 0;
  let [low, high] = [0, 1];
  while (tailOfT(high, degrees) > tail) [low, high] = [high, 2 * high];
  let t = (low + high) / 2;
  // Newton's steps, halving where one would leave the bracket.
  for (let step = 0; step < 200; step++) {
    const difference = tailOfT(t, degrees) - tail;
    if (difference > 0) low = t;
    else high = t;
    const wanted = t + difference / densityOfT(t, degrees);
    const next = wanted > low && wanted < high ? wanted : (low + high) / 2;
    if (Math.abs(next - t) <= 4 * Number.EPSILON * next) return next;
    t = next;
  }
  return t;
}

function densityOfT(t: number, degrees: number): number {
  const logTerm = -((degrees + 1) / 2) * Math.log1p((t * t) / degrees);
  return Math.exp(logTerm + logGammaRatio(degrees / 2)) / Math.sqrt(degrees * Math.PI);
}

/**
 * log(gamma(a + 1/2) / gamma(a)) by Stirling's series; as a difference of two log gammas it would lose its digits
 * for many degrees of freedom.
 */
function logGammaRatio(a: number): number {
  let shift = 0;
  let large = a;
  while (large < 16) {
    shift += Math.log(large / (large + 0.5));
    large += 1;
  }
  const main = large * Math.log1p(0.5 / large) + 0.5 * Math.log(large) - 0.5;
  return shift + main + stirlingRest(large + 0.5) - stirlingRest(large);
}

function stirlingRest(z: number): number {
  const w = 1 / (z * z);
  return (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w / 1188)))) / z;
}

/** Of the incomplete beta function, after Lentz; Press et al., Numerical Recipes, equation 6.4.5. */
function betaFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  const safe = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / safe(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / safe(1 + even * d);
    c = safe(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / safe(1 + odd * d);
    c = safe(1 + odd / c);
    const factor = d * c;
    result *= factor;
    if (Math.abs(factor - 1) < Number.EPSILON) break;
  }
  return result;
}

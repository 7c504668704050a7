// Many comparisons at once: some would look good by chance alone.

/** Below it a difference counts as one. */
export const significance = 0.05;

/**
 * Holm 1979: p values corrected so that among all of them no equal pair is called different in more than 5 % of
 * tables. In the order of the given ones.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const corrected = new Array<number>(pValues.length).fill(1);
  let largest = 0;
  for (const [place, { p, index }] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - place) * p));
    corrected[index] = largest;
  }
  return corrected;
}

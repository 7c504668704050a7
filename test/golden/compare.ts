// How far a result is from the golden value.

/** max |a - b|; NaN anywhere gives NaN. */
export function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}.`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] ?? NaN) - (b[i] ?? NaN));
    if (Number.isNaN(difference)) return NaN;
    largest = Math.max(largest, difference);
  }
  return largest;
}

/** max |a|. */
export function largest(a: Float32Array): number {
  return a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

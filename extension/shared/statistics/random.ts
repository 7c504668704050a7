// Counted randomness: draw number `index` of a seed is the same on every machine and in whichever order draws are
// made, so that an interval that is computed anew is the same interval.

/** mulberry32: a counter in steps of an odd constant, mixed. From 0 up to but without 1. */
export function drawAt(seed: number, index: number): number {
  const state = (seed + Math.imul(index + 1, 0x6d2b79f5)) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

/** The draws of a seed, one after another. */
export function seededRandom(seed: number): () => number {
  let index = 0;
  return () => drawAt(seed, index++);
}

// Which record comes when: an order that follows from (seed, epoch) alone, so that any step of a run can be made
// again from its number.

/** Epochs count from 0; this one is for the validation split. */
const splitEpoch = 0xffffffff;

/** A fresh order of `length` records. */
export function permutation(length: number, seed: number, epoch: number): Int32Array {
  const order = Int32Array.from({ length }, (_, i) => i);
  const key = keyOf(seed, epoch);
  // Fisher and Yates; draw i depends on (key, i) alone.
  for (let i = length - 1; i > 0; i -= 1) {
    const j = Math.floor((randomBits(key, i) / 2 ** 32) * (i + 1));
    const kept = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = kept;
  }
  return order;
}

/** `count` of `length` records for validation, the rest for training; both in the files' order. */
export function split(
  length: number,
  count: number,
  seed: number,
): { training: number[]; validation: number[] } {
  const chosen = new Set(permutation(length, seed, splitEpoch).subarray(0, count));
  const all = Array.from({ length }, (_, i) => i);
  return {
    training: all.filter((i) => !chosen.has(i)),
    validation: all.filter((i) => chosen.has(i)),
  };
}

function keyOf(seed: number, epoch: number): number {
  const low = seed >>> 0;
  const high = Math.floor(seed / 2 ** 32) >>> 0;
  return mix(mix(mix(low ^ 0x9e3779b9) ^ high) ^ epoch);
}

/** A counter-based generator: 32 bits for (key, counter), by two rounds of mixing. */
function randomBits(key: number, counter: number): number {
  return mix(mix(counter ^ key) + key) >>> 0;
}

/** The finaliser of MurmurHash3: each bit of the result depends on every bit of x. */
function mix(x: number): number {
  let bits = x | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

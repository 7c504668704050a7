// The counted randomness of native/core/random.h, written a second time: what prompt i's token number p is drawn with.

const mask = (1n << 64n) - 1n;

function mix(value: bigint): bigint {
  let x = value & mask;
  x = ((x ^ (x >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
  x = ((x ^ (x >> 27n)) * 0x94d049bb133111ebn) & mask;
  return x ^ (x >> 31n);
}

/** Uniform in [0, 1). */
export function countedDraw(seed: number, prompt: number, position: number): number {
  const stream = (BigInt(prompt) << 32n) | BigInt(position);
  const state = mix(BigInt(seed)) ^ mix(stream + 0x632be59bd9b4e019n);
  return Number(mix(state + 0x9e3779b97f4a7c15n) >> 11n) * 2 ** -53;
}

// VeRA's shared matrices are PEFT's, bit for bit.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ProjectionSize } from '../../extension/trainer/addon';
import { loadAddon } from '../../extension/trainer/loadAddon';
import { readJson } from './parityCase';

interface Drawn extends ProjectionSize {
  /** Of A. */
  first: number[];
  /** SHA-256 of the values' bytes. */
  a: string;
  b: string;
}

const hash = (values: Float32Array): string =>
  createHash('sha256').update(Buffer.from(values.buffer)).digest('hex');

test.each((readJson('vera.json') as { projections: Drawn[] }).projections)(
  'seed $seed, rank $rank, $in to $out, $dtype',
  async ({ first, a, b, ...size }) => {
    const drawn = await loadAddon().drawProjection(size);
    expect([...drawn.a.subarray(0, 3)]).toEqual(first);
    expect(hash(drawn.a)).toBe(a);
    expect(hash(drawn.b)).toBe(b);
  },
);

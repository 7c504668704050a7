// VeRA's update of one weight as LoRA's: A' = diag(d) A, B' = diag(b) B, scaled by 1.
import type { SharedMatrices } from './sharedMatrices';

export interface VeraVectors {
  /** vera_lambda_b (out) */
  b: Float32Array;
  /** vera_lambda_d (rank) */
  d: Float32Array;
}

/** a (rank, columns) and b (out, rank), of the first columns of A and the first rows of B. */
export function loraForm(
  { a, b }: SharedMatrices,
  vectors: VeraVectors,
  columns: number,
): SharedMatrices {
  return { a: scaledA(a, vectors.d, columns), b: scaledB(b, vectors.b, vectors.d.length) };
}

/** diag(d) A of the first columns: (rank, columns). */
export function scaledA(a: Float32Array, d: Float32Array, columns: number): Float32Array {
  const width = a.length / d.length;
  const scaled = new Float32Array(d.length * columns);
  for (const [row, factor] of d.entries())
    for (let i = 0; i < columns; i += 1)
      scaled[row * columns + i] = factor * (a[row * width + i] ?? NaN);
  return scaled;
}

/** diag(b) B of the first rows: (out, rank). */
export function scaledB(shared: Float32Array, b: Float32Array, rank: number): Float32Array {
  const scaled = new Float32Array(b.length * rank);
  for (const [row, factor] of b.entries())
    for (let i = row * rank; i < (row + 1) * rank; i += 1) scaled[i] = factor * (shared[i] ?? NaN);
  return scaled;
}

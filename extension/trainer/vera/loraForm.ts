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
  shared: SharedMatrices,
  { b, d }: VeraVectors,
  columns: number,
): SharedMatrices {
  const rank = d.length;
  const width = shared.a.length / rank;
  const form = { a: new Float32Array(rank * columns), b: new Float32Array(b.length * rank) };
  for (const [row, factor] of d.entries())
    for (let i = 0; i < columns; i += 1)
      form.a[row * columns + i] = factor * (shared.a[row * width + i] ?? NaN);
  for (const [row, factor] of b.entries())
    for (let i = row * rank; i < (row + 1) * rank; i += 1)
      form.b[i] = factor * (shared.b[i] ?? NaN);
  return form;
}

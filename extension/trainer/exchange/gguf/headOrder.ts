// llama.cpp's architecture "llama" rotates neighbouring values of a head, Hugging Face the halves of a head: rows of the
// query and key matrices, and whatever has their rows, change places. Its other architectures keep the halves.
import type { ModelConfig } from '../../../model/config';

const turned = /\.(q_proj|k_proj)(\.weight|\.bias)?$/;

/** Whether rows of this tensor or module change places. */
export function isReordered(name: string, { family }: ModelConfig): boolean {
  return (family === 'llama' || family === 'mistral') && turned.test(name);
}

/** Row t * half + j of each head goes to 2 j + t. `values` holds whole heads of `headDim` rows. */
export function reorderHeads(
  values: Float32Array,
  rowValues: number,
  headDim: number,
): Float32Array {
  const reordered = new Float32Array(values.length);
  const half = headDim / 2;
  const rows = values.length / rowValues;
  for (let row = 0; row < rows; row += 1) {
    const inHead = row % headDim;
    const to = row - inHead + 2 * (inHead % half) + (inHead < half ? 0 : 1);
    reordered.set(values.subarray(row * rowValues, (row + 1) * rowValues), to * rowValues);
  }
  return reordered;
}

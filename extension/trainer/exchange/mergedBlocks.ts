// The rows of a weight in order and a block at a time: as they lie in a file, or with an update in them.
import { valuesOf } from '../../model/layout';
import { readTensor, rowsOf } from '../../model/readTensor';
import type { TensorSource, WeightSource } from '../../shared/engineTypes';
import { asFailure } from '../engineFailure';
import { loadAddon } from '../loadAddon';
import type { WeightUpdate } from './weightUpdate';

/** About as many values as a block holds. */
const blockValues = 256 * 1024;

/** In blocks of whole multiples of `multiple` rows. */
export async function* blocksOf(source: TensorSource, multiple = 1): AsyncGenerator<Float32Array> {
  for (const { first, count } of blocksOfRows(source.shape, multiple))
    yield await readTensor(rowsOf(source, first, count));
}

export async function* mergedBlocks(
  weight: WeightSource,
  { rank, scale, a, b, magnitude }: WeightUpdate,
  { threads, multiple = 1 }: { threads: number; multiple?: number | undefined },
): AsyncGenerator<Float32Array> {
  const addon = loadAddon();
  for (const { first, count } of blocksOfRows(weight.shape, multiple)) {
    const rows = {
      ...{ weight, firstRow: first, rows: count, rank, scale, a, threads },
      b: b.subarray(first * rank, (first + count) * rank),
      ...(magnitude && { magnitude: magnitude.subarray(first, first + count) }),
    };
    try {
      yield await addon.mergeRows(rows);
    } catch (error) {
      throw asFailure(error);
    }
  }
}

function* blocksOfRows(
  [rows = 0, ...inner]: readonly number[],
  multiple: number,
): Generator<{ first: number; count: number }> {
  const rowValues = valuesOf(inner);
  const wanted = Math.max(1, Math.floor(blockValues / rowValues / multiple)) * multiple;
  for (let first = 0; first < rows; first += wanted)
    yield { first, count: Math.min(wanted, rows - first) };
}

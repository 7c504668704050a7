// What an adapter does to one weight, in the one form that all methods have when they are merged.
import type { AdapterModule } from '../addon';
import { readFiniteTensor, type AdapterTensor } from '../peftTensors';

/** W (out, in) becomes g (W + scale B A), where g sets each row to the length that `magnitude` tells. */
export interface WeightUpdate {
  rank: number;
  scale: number;
  /** (rank, in) */
  a: Float32Array;
  /** (out, rank) */
  b: Float32Array;
  /** (out); undefined: rows keep their length. */
  magnitude: Float32Array | undefined;
}

export async function readUpdate(
  module: AdapterModule,
  tensors: ReadonlyMap<string, AdapterTensor>,
): Promise<WeightUpdate> {
  const read = (part: string): Promise<Float32Array> => {
    const tensor = tensors.get(`${module.name}.${part}`);
    if (tensor === undefined) throw new Error(`${module.name}.${part} was not found`);
    return readFiniteTensor(tensor);
  };
  return {
    rank: module.rank,
    scale: module.scale,
    a: await read('lora_A.weight'),
    b: await read('lora_B.weight'),
    magnitude: module.magnitude ? await read('lora_magnitude_vector') : undefined,
  };
}

// What an adapter does to one weight, in the one form that all methods have when they are merged.
import type { LinearModule } from '../../model/architecture';
import type { AdapterModule } from '../addon';
import { readFiniteTensor, type AdapterTensor } from '../peftTensors';
import { loraForm } from '../vera/loraForm';

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

/** What a matrix itself holds, without an adapter. */
export const noUpdate: WeightUpdate = {
  ...{ rank: 0, scale: 0, a: new Float32Array(), b: new Float32Array(), magnitude: undefined },
};

export async function readUpdate(
  module: AdapterModule,
  tensors: ReadonlyMap<string, AdapterTensor>,
  { in: columns }: Pick<LinearModule, 'in'>,
): Promise<WeightUpdate> {
  const readNamed = (name: string): Promise<Float32Array> => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new Error(`${name} was not found`);
    return readFiniteTensor(tensor);
  };
  const read = (part: string): Promise<Float32Array> => readNamed(`${module.name}.${part}`);
  const readPair = async (): Promise<Pick<WeightUpdate, 'a' | 'b'>> => {
    switch (module.kind) {
      case 'vera':
        return loraForm(
          { a: await readNamed('vera_A'), b: await readNamed('vera_B') },
          { b: await read('vera_lambda_b'), d: await read('vera_lambda_d') },
          columns,
        );
      case 'adalora':
        return {
          a: scaledRows(await read('lora_A'), await read('lora_E')),
          b: await read('lora_B'),
        };
      case 'lora':
        return { a: await read('lora_A.weight'), b: await read('lora_B.weight') };
    }
  };
  const pair = await readPair();
  return {
    ...{ rank: module.rank, scale: module.scale, ...pair },
    magnitude: module.magnitude ? await read('lora_magnitude_vector') : undefined,
  };
}

/** AdaLoRA's diag(E) A; a (rank, in) is changed. */
function scaledRows(a: Float32Array, e: Float32Array): Float32Array {
  const columns = a.length / Math.max(1, e.length);
  for (const [row, factor] of e.entries())
    for (let i = row * columns; i < (row + 1) * columns; i += 1) a[i] = (a[i] ?? 0) * factor;
  return a;
}

// The base as an adapter was trained on it: its weights, or what they are after 4 bits.
import { readModelFolder, type ModelFolder } from '../../model/folder';
import type { Quantization } from '../../shared/engineTypes';
import { quantizedBytes } from '../../trainer/memory/memoryEstimate';
import { baseFor } from '../../trainer/openModel';
import { adapterQuantization } from '../../trainer/quantized/adapterQuantization';
import { quantizationName } from '../../trainer/quantized/quantizationName';
import type { ExportSubject } from './exportSubject';

export async function exportedBase(
  { model, adapter }: ExportSubject,
  options: { quantize: Quantization | 'none' | undefined; threads: number },
): Promise<ModelFolder> {
  const trained = adapter === undefined ? undefined : adapterQuantization(adapter);
  return baseFor(readModelFolder(model), trained, options);
}

/** What it costs that the merged weights are those which training saw. */
export function dequantisedWarning({ quantization, linears }: ModelFolder): string | undefined {
  if (quantization === undefined) return undefined;
  const values = linears.reduce((sum, linear) => sum + linear.in * linear.out, 0);
  const size = `${(quantizedBytes(values, quantization) / 1e6).toFixed(0)} MB`;
  return (
    `The base is ${quantizationName(quantization)}: its dequantised weights were merged, as training saw them. ` +
    `Its linear modules took ${size} in 4 bits; quantising the merged model again would round the adapter's ` +
    'changes and give other answers.'
  );
}

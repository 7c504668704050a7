// The quantisation of the base that an adapter was trained on, which its file of tensors tells wherever it is copied.
import { existsSync } from 'node:fs';
import { readHeader } from '../../model/safetensorsHeader';
import { adapterFiles } from '../../runs/adapterFolder';
import type { Quantization } from '../../shared/engineTypes';
import { Failure } from '../../shared/failures';
import { baseQuantizationKey, quantizationOfName } from './quantizationName';

/** Undefined for an adapter that tells nothing: of an unquantised base, or from elsewhere. */
export function adapterQuantization(adapter: string): Quantization | undefined {
  const { tensors: file } = adapterFiles(adapter);
  // Whoever reads the adapter itself says best what is missing.
  if (!existsSync(file)) return undefined;
  const name = readHeader(file).metadata[baseQuantizationKey];
  if (name === undefined) return undefined;
  const quantization = quantizationOfName(name);
  if (quantization !== undefined) return quantization;
  throw new Failure('adapter-unsupported', { file, field: baseQuantizationKey, value: name });
}

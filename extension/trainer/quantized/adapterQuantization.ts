// The quantisation of the base that an adapter was trained on, which its file of tensors tells wherever it is copied.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readHeader } from '../../model/safetensorsHeader';
import type { Quantization } from '../../shared/engineTypes';
import { Failure } from '../../shared/failures';
import { tensorFile } from '../peftTensors';
import { baseQuantizationKey, quantizationOfName } from './quantizationName';

/** Undefined for an adapter that tells nothing: of an unquantised base, or from elsewhere. */
export function adapterQuantization(adapter: string): Quantization | undefined {
  const file = join(adapter, tensorFile);
  // Whoever reads the adapter itself says best what is missing.
  if (!existsSync(file)) return undefined;
  const name = readHeader(file).metadata[baseQuantizationKey];
  if (name === undefined) return undefined;
  const quantization = quantizationOfName(name);
  if (quantization !== undefined) return quantization;
  throw new Failure('adapter-unsupported', { file, field: baseQuantizationKey, value: name });
}

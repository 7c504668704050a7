// How a quantised base is named in a word, on the command line and in an adapter's file: nf4, nf4-double, nf4-128-double.
import { blockSizes, usualQuantization } from '../../shared/experiment';
import type { Quantization } from '../../shared/engineTypes';

/** Key of adapter_model.safetensors's metadata: the base that an adapter was trained on. */
export const baseQuantizationKey = 'base_quantization';

export function quantizationName({ blockSize, double }: Quantization): string {
  const size = blockSize === usualQuantization.blockSize ? '' : `-${blockSize}`;
  return `nf4${size}${double ? '-double' : ''}`;
}

/** Undefined for another word. */
export function quantizationOfName(name: string): Quantization | undefined {
  const found = /^nf4(?:-(\d+))?(-double)?$/.exec(name);
  if (found === null) return undefined;
  const blockSize = found[1] === undefined ? usualQuantization.blockSize : Number(found[1]);
  if (!(blockSizes as readonly number[]).includes(blockSize)) return undefined;
  return { blockSize, double: found[2] !== undefined };
}

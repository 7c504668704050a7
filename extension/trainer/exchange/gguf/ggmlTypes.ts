// How GGUF stores numbers: by blocks of one size for each type, little-endian.
import { encodeValues } from '../../../model/dtypes';
import { valuesOf } from '../../../model/layout';

export const ggmlTypes = {
  f32: { id: 0, blockValues: 1, blockBytes: 4, fileType: 0 },
  f16: { id: 1, blockValues: 1, blockBytes: 2, fileType: 1 },
  q8_0: { id: 8, blockValues: 32, blockBytes: 34, fileType: 7 },
  bf16: { id: 30, blockValues: 1, blockBytes: 2, fileType: 32 },
} as const;

export type GgmlType = keyof typeof ggmlTypes;

/** `rowValues`: a row of blocks never shares one with the next. */
export function fitsRows(type: GgmlType, rowValues: number): boolean {
  return rowValues % ggmlTypes[type].blockValues === 0;
}

export function bytesOf(type: GgmlType, shape: readonly number[]): number {
  const { blockValues, blockBytes } = ggmlTypes[type];
  return (valuesOf(shape) / blockValues) * blockBytes;
}

export function encodeAs(type: GgmlType, values: Float32Array): Uint8Array {
  return type === 'q8_0' ? encodeQ8(values) : encodeValues(values, type);
}

/** Of 32 values: the f16 scale d = max |x| / 127, then x / d as whole numbers, halves away from zero. */
function encodeQ8(values: Float32Array): Uint8Array {
  const { blockValues, blockBytes } = ggmlTypes.q8_0;
  const blocks = values.length / blockValues;
  const scales = new Float32Array(blocks);
  const bytes = new Uint8Array(blocks * blockBytes);
  for (let block = 0; block < blocks; block += 1) {
    const first = block * blockValues;
    let largest = 0;
    for (let i = 0; i < blockValues; i += 1)
      largest = Math.max(largest, Math.abs(values[first + i] ?? 0));
    const scale = Math.fround(largest / 127);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    scales[block] = scale;
    for (let i = 0; i < blockValues; i += 1) {
      const scaled = Math.fround((values[first + i] ?? 0) * inverse);
      const rounded = Math.floor(Math.abs(scaled) + 0.5);
      bytes[block * blockBytes + 2 + i] = scaled < 0 ? -rounded : rounded;
    }
  }
  const halves = encodeValues(scales, 'f16');
  for (let block = 0; block < blocks; block += 1)
    bytes.set(halves.subarray(2 * block, 2 * block + 2), block * blockBytes);
  return bytes;
}

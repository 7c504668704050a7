// The number formats of safetensors files, and conversion of the three that models are kept in.
import type { DType } from '../shared/engineTypes';

/** Bytes of one value, for every format that a safetensors header may name. */
export const bytesOfFormat: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  F8_E8M0: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
};

export const formatOfDType: Readonly<Record<DType, string>> = {
  f32: 'F32',
  f16: 'F16',
  bf16: 'BF16',
};

/** Undefined for a format that no engine tensor has. */
export function dtypeOfFormat(format: string): DType | undefined {
  if (format === 'F32') return 'f32';
  if (format === 'F16') return 'f16';
  return format === 'BF16' ? 'bf16' : undefined;
}

export function bytesOfDType(dtype: DType): number {
  return dtype === 'f32' ? 4 : 2;
}

/** Little-endian values to f32, exactly. */
export function decodeValues(bytes: Uint8Array, dtype: DType): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(bytes.byteLength / bytesOfDType(dtype));
  if (dtype === 'f32') {
    for (let i = 0; i < values.length; i += 1) values[i] = view.getFloat32(4 * i, true);
    return values;
  }
  const bits = new Uint32Array(values.buffer);
  const widen = dtype === 'bf16' ? widenBf16 : widenF16;
  for (let i = 0; i < values.length; i += 1) bits[i] = widen(view.getUint16(2 * i, true));
  return values;
}

/** f32 to little-endian bytes, rounded to nearest, ties to even. */
export function encodeValues(values: Float32Array, dtype: DType): Uint8Array {
  if (dtype === 'f32') {
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const narrow = dtype === 'bf16' ? narrowToBf16 : narrowToF16;
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i += 1) halves[i] = narrow(bits[i] ?? 0);
  return new Uint8Array(halves.buffer);
}

function widenBf16(half: number): number {
  return (half << 16) >>> 0;
}

function widenF16(half: number): number {
  const sign = (half & 0x8000) << 16;
  let exponent = (half >> 10) & 0x1f;
  let fraction = half & 0x3ff;
  if (exponent === 0x1f) return (sign | 0x7f800000 | (fraction << 13)) >>> 0;
  if (exponent === 0) {
    if (fraction === 0) return sign >>> 0;
    exponent = 1;
    while ((fraction & 0x400) === 0) {
      fraction <<= 1;
      exponent -= 1;
    }
    fraction &= 0x3ff;
  }
  return (sign | ((exponent + 112) << 23) | (fraction << 13)) >>> 0;
}

function narrowToBf16(bits: number): number {
  const isNan = (bits & 0x7fffffff) > 0x7f800000;
  if (isNan) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

function narrowToF16(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    const rebased = magnitude - 0x38000000;
    return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13);
  }
  if (magnitude <= 0x33000000) return sign;
  const exponent = magnitude >>> 23;
  const fraction = (magnitude & 0x7fffff) | 0x800000;
  const shift = 126 - exponent;
  const kept = fraction >>> shift;
  const rest = fraction & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  const up = rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0;
  return sign | (kept + up);
}

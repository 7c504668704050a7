// Reads the golden arrays: safetensors files of f32 and i32 that our own generator wrote.
import { readFileSync } from 'node:fs';
import type { SafetensorsHeader } from '../../extension/model/safetensorsHeader';

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** Every array of the file, as f32, by name. */
export function readArrays(file: string): Map<string, Float32Array> {
  const bytes = readFileSync(file);
  const headerBytes = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerBytes)) as Record<string, Entry>;
  const arrays = new Map<string, Float32Array>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const [begin, end] = entry.data_offsets;
    const start = bytes.byteOffset + 8 + headerBytes + begin;
    const raw = bytes.buffer.slice(start, start + end - begin);
    if (entry.dtype !== 'F32' && entry.dtype !== 'I32') {
      throw new Error(`${file}: ${name} has the type ${entry.dtype}.`);
    }
    arrays.set(
      name,
      entry.dtype === 'F32' ? new Float32Array(raw) : Float32Array.from(new Int32Array(raw)),
    );
  }
  return arrays;
}

/** The array of that name; a missing one is a failure. */
export function arrayOf(arrays: Map<string, Float32Array>, name: string): Float32Array {
  const found = arrays.get(name);
  if (found === undefined) throw new Error(`The golden file has no ${name}.`);
  return found;
}

/** The bytes of a U8 array; a missing one is a failure. */
export function readBytes({ file, tensors }: SafetensorsHeader, name: string): Uint8Array {
  const stored = tensors.get(name);
  if (stored?.format !== 'U8') throw new Error(`${file} has no bytes ${name}.`);
  return new Uint8Array(readFileSync(file)).slice(
    stored.offsetBytes,
    stored.offsetBytes + stored.sizeBytes,
  );
}

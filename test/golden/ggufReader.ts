// Reads a GGUF file as its documentation tells (github.com/ggml-org/ggml/blob/master/docs/gguf.md), apart from what writes it.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface ReadTensor {
  /** Columns first, as the file has it. */
  shape: number[];
  type: string;
  bytes: Buffer;
}

export interface ReadGguf {
  fields: Map<string, unknown>;
  tensors: Map<string, ReadTensor>;
}

const scalarBytes = [1, 1, 2, 2, 4, 4, 4, 1];
const textType = 8;
const listType = 9;
const tensorTypes: Record<number, { name: string; values: number; bytes: number }> = {
  0: { name: 'F32', values: 1, bytes: 4 },
  1: { name: 'F16', values: 1, bytes: 2 },
  8: { name: 'Q8_0', values: 32, bytes: 34 },
  30: { name: 'BF16', values: 1, bytes: 2 },
};

class Cursor {
  at = 0;

  constructor(private readonly bytes: Buffer) {}

  u32(): number {
    this.at += 4;
    return this.bytes.readUInt32LE(this.at - 4);
  }

  u64(): number {
    this.at += 8;
    return Number(this.bytes.readBigUInt64LE(this.at - 8));
  }

  text(): string {
    const length = this.u64();
    this.at += length;
    return this.bytes.toString('utf8', this.at - length, this.at);
  }

  value(type: number): unknown {
    if (type === textType) return this.text();
    if (type === listType) {
      const inner = this.u32();
      return Array.from({ length: this.u64() }, () => this.value(inner));
    }
    const start = this.at;
    this.at += scalarBytes[type] ?? NaN;
    if (type === 4) return this.bytes.readUInt32LE(start);
    if (type === 5) return this.bytes.readInt32LE(start);
    if (type === 6) return this.bytes.readFloatLE(start);
    if (type === 7) return this.bytes.readUInt8(start) === 1;
    throw new Error(`a field of type ${type} was not expected`);
  }
}

export function readGguf(file: string): ReadGguf {
  const bytes = readFileSync(file);
  const cursor = new Cursor(bytes);
  const magic = cursor.u32().toString(16);
  const version = cursor.u32();
  if (magic !== '46554747' || version !== 3) throw new Error(`${magic} ${version} is no GGUF 3`);
  const [tensorCount, fieldCount] = [cursor.u64(), cursor.u64()];
  const fields = new Map<string, unknown>();
  for (let i = 0; i < fieldCount; i += 1) fields.set(cursor.text(), cursor.value(cursor.u32()));
  const infos = Array.from({ length: tensorCount }, () => {
    const name = cursor.text();
    const shape = Array.from({ length: cursor.u32() }, () => cursor.u64());
    return { name, shape, type: cursor.u32(), offset: cursor.u64() };
  });
  const start = Math.ceil(cursor.at / 32) * 32;
  const tensors = new Map<string, ReadTensor>();
  let end = start;
  for (const { name, shape, type, offset } of infos) {
    const known = tensorTypes[type];
    if (known === undefined || offset % 32 !== 0) throw new Error(`${name}: ${type} at ${offset}`);
    const values = shape.reduce((product, size) => product * size, 1);
    end = start + offset + (values / known.values) * known.bytes;
    tensors.set(name, { shape, type: known.name, bytes: bytes.subarray(start + offset, end) });
  }
  if (Math.ceil(end / 32) * 32 !== bytes.length) throw new Error('bytes follow the last tensor');
  return { fields, tensors };
}

export function hashOf({ bytes }: ReadTensor): string {
  return createHash('sha256').update(bytes).digest('hex');
}

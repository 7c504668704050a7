// A GGUF file, version 3 (github.com/ggml-org/ggml/blob/master/docs/gguf.md): a header of typed fields, the names, shapes
// and places of tensors, then their bytes, each from a multiple of 32 on. Written block by block.
import { open, type FileHandle } from 'node:fs/promises';
import { checkRoom } from '../../../model/diskRoom';
import { isDiskFull } from '../../../shared/systemError';
import { Failure } from '../../../shared/failures';
import { bytesOf, encodeAs, ggmlTypes, type GgmlType } from './ggmlTypes';

export type GgufField =
  | { key: string; type: 'u32' | 'f32'; value: number }
  | { key: string; type: 'bool'; value: boolean }
  | { key: string; type: 'text'; value: string }
  | { key: string; type: 'texts'; value: readonly string[] }
  | { key: string; type: 'f32s' | 'i32s'; value: readonly number[] };

export interface GgufTensor {
  name: string;
  /** Rows first; the file has them the other way round. */
  shape: readonly number[];
  type: GgmlType;
  /** Its values in order, in blocks of whole rows. */
  blocks: () => AsyncIterable<Float32Array>;
}

const alignment = 32;
const version = 3;
const valueTypes = { u32: 4, i32: 5, f32: 6, bool: 7, text: 8, list: 9 } as const;

/** `file` is filled as it is: whoever asks sees to it that nobody meets a part. */
export async function writeGguf(
  file: string,
  fields: readonly GgufField[],
  tensors: readonly GgufTensor[],
  onBytes: (written: number) => void = () => undefined,
): Promise<{ sizeBytes: number }> {
  const header = encodeHeader(fields, tensors);
  const sizeBytes = tensors.reduce((sum, tensor) => sum + alignedBytes(tensor), header.length);
  await checkRoom(file, sizeBytes);
  const handle = await open(file, 'wx');
  try {
    await writeAll(handle, header);
    for (const tensor of tensors) await writeTensor(handle, tensor, onBytes);
    await handle.sync();
  } catch (error) {
    if (isDiskFull(error)) throw new Failure('disk-full', { file, neededBytes: sizeBytes });
    throw error;
  } finally {
    await handle.close();
  }
  return { sizeBytes };
}

async function writeTensor(
  handle: FileHandle,
  tensor: GgufTensor,
  onBytes: (written: number) => void,
): Promise<void> {
  let written = 0;
  for await (const values of tensor.blocks()) {
    const bytes = encodeAs(tensor.type, values);
    await writeAll(handle, bytes);
    written += bytes.length;
    onBytes(bytes.length);
  }
  const wanted = bytesOf(tensor.type, tensor.shape);
  if (written !== wanted) throw new Error(`${tensor.name} has ${written} bytes, not ${wanted}`);
  await writeAll(handle, new Uint8Array(alignedBytes(tensor) - wanted));
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;)
    done += (await handle.write(bytes.subarray(done))).bytesWritten;
}

function alignedBytes({ type, shape }: GgufTensor): number {
  return Math.ceil(bytesOf(type, shape) / alignment) * alignment;
}

function encodeHeader(fields: readonly GgufField[], tensors: readonly GgufTensor[]): Buffer {
  const parts: Buffer[] = [Buffer.from('GGUF'), u32(version)];
  parts.push(u64(tensors.length), u64(fields.length));
  for (const field of fields) parts.push(text(field.key), ...encodeField(field));
  let offset = 0;
  for (const tensor of tensors) {
    const { name, shape, type } = tensor;
    parts.push(text(name), u32(shape.length), ...[...shape].reverse().map(u64));
    parts.push(u32(ggmlTypes[type].id), u64(offset));
    offset += alignedBytes(tensor);
  }
  const header = Buffer.concat(parts);
  const padding = Math.ceil(header.length / alignment) * alignment - header.length;
  return Buffer.concat([header, Buffer.alloc(padding)]);
}

function encodeField(field: GgufField): Buffer[] {
  switch (field.type) {
    case 'u32':
      return [u32(valueTypes.u32), u32(field.value)];
    case 'f32':
      return [u32(valueTypes.f32), f32(field.value)];
    case 'bool':
      return [u32(valueTypes.bool), Buffer.of(field.value ? 1 : 0)];
    case 'text':
      return [u32(valueTypes.text), text(field.value)];
    case 'texts':
      return [...list('text', field.value.length), ...field.value.map(text)];
    case 'f32s':
      return [...list('f32', field.value.length), ...field.value.map(f32)];
    case 'i32s':
      return [...list('i32', field.value.length), ...field.value.map(i32)];
  }
}

function list(type: keyof typeof valueTypes, length: number): Buffer[] {
  return [u32(valueTypes.list), u32(valueTypes[type]), u64(length)];
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function i32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

/** Its bytes in UTF-8 after their number. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

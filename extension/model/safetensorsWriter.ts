// Writes a safetensors file tensor by tensor: never more than one tensor in memory, and the file appears whole.
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import type { DType, SavedState, TensorSource } from '../shared/engineTypes';
import { Failure } from '../shared/failures';
import { isDiskFull } from '../shared/systemError';
import { bytesOfDType, encodeValues, formatOfDType } from './dtypes';
import { checkRoom } from './diskRoom';

export interface TensorToWrite {
  name: string;
  dtype: DType | 'u8';
  shape: number[];
  /** The values, asked for when their turn comes, whole or by blocks, a range of the same dtype to copy, or a state that its
   *  engine writes. */
  content:
    | (() => Promise<Float32Array | Uint8Array>)
    | TensorSource
    | { blocks: () => AsyncIterable<Float32Array> }
    | OwnedState;
}

interface OwnedState extends Pick<SavedState, 'state' | 'name'> {
  /** One for all of a file. */
  owner: StateOwner;
}

interface StateOwner {
  /** Into a file that is there. */
  save(file: string, states: SavedState[]): Promise<void>;
}

/** A tensor as the header names it. */
export interface HeaderEntry {
  name: string;
  format: string;
  shape: number[];
  sizeBytes: number;
}

const copyBlockBytes = 1024 * 1024;

/** Tensors are laid out as the reference library does: wider formats first, then by name. */
export async function writeSafetensors(
  file: string,
  tensors: TensorToWrite[],
  metadata: Record<string, string> = {},
  onBytes: (written: number) => void = () => undefined,
): Promise<void> {
  const ordered = [...tensors].sort(
    (a, b) => bytesOfStored(b.dtype) - bytesOfStored(a.dtype) || (a.name < b.name ? -1 : 1),
  );
  const header = encodeHeader(ordered.map(entryOf), metadata);
  const neededBytes = ordered.reduce((sum, tensor) => sum + sizeOf(tensor), header.length);
  await checkRoom(file, neededBytes);
  const unfinished = `${file}.${process.pid}.unfinished`;
  try {
    const handle = await open(unfinished, 'w');
    try {
      await writeAll(handle, header, 0);
      const placed = placedFrom(header.length, ordered);
      await saveStates(unfinished, placed);
      for (const tensor of placed)
        await writeTensor({ handle, offset: tensor.offsetBytes, onBytes }, tensor);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    if (isDiskFull(error)) {
      throw new Failure('disk-full', { file, neededBytes });
    }
    throw error;
  }
}

interface PlacedTensor extends TensorToWrite {
  offsetBytes: number;
}

function placedFrom(headerBytes: number, tensors: readonly TensorToWrite[]): PlacedTensor[] {
  let next = headerBytes;
  return tensors.map((tensor) => {
    const offsetBytes = next;
    next += sizeOf(tensor);
    return { ...tensor, offsetBytes };
  });
}

/** All that an engine holds in one call, so that no value passes through JavaScript. */
async function saveStates(file: string, tensors: readonly PlacedTensor[]): Promise<void> {
  let owner: StateOwner | undefined;
  const states = tensors.flatMap(({ content, offsetBytes, ...tensor }): SavedState[] => {
    if (!('owner' in content)) return [];
    const { state, name } = content;
    owner = content.owner;
    return [{ state, name, offsetBytes, sizeBytes: sizeOf(tensor) }];
  });
  await owner?.save(file, states);
}

/** Of a file that holds the entries side by side in this order. */
export function encodeHeader(
  tensors: readonly HeaderEntry[],
  metadata: Record<string, string>,
): Uint8Array {
  const entries: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) entries.push(['__metadata__', metadata]);
  let offset = 0;
  for (const tensor of tensors) {
    const { name, format, shape, sizeBytes } = tensor;
    const end = offset + sizeBytes;
    entries.push([name, { dtype: format, shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  // Spaces up to a multiple of 8, so that every tensor starts aligned.
  const paddedBytes = Math.ceil(json.length / 8) * 8;
  const header = Buffer.alloc(8 + paddedBytes, ' ');
  header.writeBigUInt64LE(BigInt(paddedBytes), 0);
  json.copy(header, 8);
  return header;
}

function entryOf(tensor: TensorToWrite): HeaderEntry {
  const { name, dtype, shape } = tensor;
  return {
    name,
    format: dtype === 'u8' ? 'U8' : formatOfDType[dtype],
    shape,
    sizeBytes: sizeOf(tensor),
  };
}

function sizeOf({ shape, dtype }: { shape: number[]; dtype: DType | 'u8' }): number {
  return shape.reduce((size, length) => size * length, bytesOfStored(dtype));
}

export function bytesOfStored(dtype: DType | 'u8'): number {
  return dtype === 'u8' ? 1 : bytesOfDType(dtype);
}

/** Where in which file the next bytes go. */
interface Place {
  handle: FileHandle;
  offset: number;
  onBytes: (written: number) => void;
}

async function writeTensor(place: Place, tensor: TensorToWrite): Promise<void> {
  const { content, name, dtype, shape } = tensor;
  if ('owner' in content) {
    place.onBytes(sizeOf(tensor));
    return;
  }
  if (typeof content !== 'function' && 'file' in content) {
    await copyRange(place, content);
    return;
  }
  const blocks = typeof content === 'function' ? [await content()] : content.blocks();
  let count = 0;
  for await (const values of blocks) {
    const bytes = values instanceof Uint8Array ? values : encodeFloats(values, dtype);
    await writeBytes(place, count * bytesOfStored(dtype), bytes);
    count += values.length;
  }
  if (count * bytesOfStored(dtype) !== sizeOf(tensor))
    throw new Error(`${name} has ${count} values, not [${shape.join(', ')}]`);
}

function encodeFloats(values: Float32Array, dtype: TensorToWrite['dtype']): Uint8Array {
  if (dtype === 'u8') throw new Error('floats for a tensor of bytes');
  return encodeValues(values, dtype);
}

async function copyRange(place: Place, source: TensorSource): Promise<void> {
  const from = await open(source.file, 'r');
  try {
    const sizeBytes = sizeOf(source);
    const block = new Uint8Array(Math.min(copyBlockBytes, sizeBytes));
    for (let done = 0; done < sizeBytes;) {
      const wanted = Math.min(block.length, sizeBytes - done);
      const { bytesRead } = await from.read(block, 0, wanted, source.offsetBytes + done);
      if (bytesRead === 0) {
        throw new Failure('weights-broken', { file: source.file, problem: 'it became shorter' });
      }
      await writeBytes(place, done, block.subarray(0, bytesRead));
      done += bytesRead;
    }
  } finally {
    await from.close();
  }
}

/** `after`: bytes behind the place. */
async function writeBytes(place: Place, after: number, bytes: Uint8Array): Promise<void> {
  await writeAll(place.handle, bytes, place.offset + after);
  place.onBytes(bytes.length);
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    // One write takes at most 2 GB.
    const part = bytes.subarray(done, done + 2 ** 30);
    done += (await handle.write(part, 0, part.length, offset + done)).bytesWritten;
  }
}

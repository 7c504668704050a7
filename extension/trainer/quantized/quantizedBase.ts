// A model whose linear modules are in 4-bit NormalFloat, made once and kept in the user's cache folder by what the weights
// hold: the next start finds it there. Embeddings, head and norms stay as they are in the model's folder.
import { createHash } from 'node:crypto';
import { utimesSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ModelFolder } from '../../model/folder';
import { errorCode, problemOf } from '../../shared/systemError';
import type { Quantization, TensorSource } from '../../shared/engineTypes';
import { Failure } from '../../shared/failures';
import { asFailure } from '../engineFailure';
import { loadAddon } from '../loadAddon';
import { openCache, trimCache, unusableCache } from './cacheFolder';
import { contentHash } from './contentHash';
import { openQuantizedFile, writeQuantizedFile, type Quantizer } from './quantizedFile';

/** To be counted up when the file's layout or the way of quantising changes. */
const format = 1;

export interface QuantizingOptions {
  /** 0: all cores. */
  threads?: number;
  /** Told what is being done, while it takes time. */
  note?: (text: string) => void;
}

export async function quantizedBase(
  folder: ModelFolder,
  quantization: Quantization,
  { threads = 0, note }: QuantizingOptions = {},
): Promise<ModelFolder> {
  // It is used as it is.
  if (folder.quantization !== undefined) return folder;
  const matrices = matricesOf(folder);
  const cache = openCache();
  const key = await keyOf(folder, quantization, matrices, cache);
  const file = join(cache, `${key}.safetensors`);
  let sources = await openQuantizedFile(file, matrices, quantization);
  if (sources === undefined) {
    const quantize = quantizer(quantization, threads, matrices.length, note);
    await keep(cache, () => writeQuantizedFile(file, matrices, quantization, quantize));
    trimCache();
    sources = await openQuantizedFile(file, matrices, quantization);
  } else {
    markUsed(file);
  }
  if (sources === undefined)
    throw unusableCache(cache, `${basename(file)} changed while it was read`);
  return {
    ...folder,
    tensors: { ...folder.tensors, ...Object.fromEntries(sources) },
    quantization,
  };
}

function matricesOf({ linears, tensors }: ModelFolder): [string, TensorSource][] {
  return linears.map(({ name }) => {
    const source = tensors[`${name}.weight`];
    if (source === undefined || source.dtype === 'nf4') throw new Error(`${name} has no weight`);
    return [`${name}.weight`, source];
  });
}

/** Of the bytes of the weights' files and of where the matrices lie in them. */
async function keyOf(
  { weights }: ModelFolder,
  { blockSize, double }: Quantization,
  matrices: readonly [string, TensorSource][],
  cache: string,
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([format, blockSize, double]));
  for (const { file } of weights.headers) {
    const content = await keep(cache, () => contentHash(file, cache));
    const inside = matrices.filter(([, source]) => source.file === file);
    const places = inside.map(([name, { offsetBytes, dtype, shape }]) => [
      name,
      offsetBytes,
      dtype,
      shape,
    ]);
    hash.update(JSON.stringify([content, places]));
  }
  return hash.digest('hex').slice(0, 40);
}

function quantizer(
  quantization: Quantization,
  threads: number,
  count: number,
  note: QuantizingOptions['note'],
): Quantizer {
  const addon = loadAddon();
  let done = 0;
  return async (source) => {
    note?.(`quantising the base: matrix ${(done += 1)} of ${count}`);
    try {
      return await addon.quantize(source, { ...quantization, threads });
    } catch (error) {
      throw asFailure(error);
    }
  };
}

/** What the folder refuses is told with the way out. */
async function keep<T>(cache: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const isFull = error instanceof Failure && error.code === 'disk-full';
    if (!isFull && errorCode(error) === undefined) throw error;
    throw unusableCache(cache, isFull ? 'the disk is full' : problemOf(error));
  }
}

function markUsed(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // A folder that only others may write to serves as well.
  }
}

// A model's quantised matrices in one safetensors file: codes and scales named as bitsandbytes names them, and last of all
// the sha256 of everything before it.
import { createHash } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import type {
  Nf4Parts,
  Quantization,
  QuantizedSource,
  TensorSource,
} from '../../shared/engineTypes';
import { encodeValues } from '../../model/dtypes';
import { valuesOf } from '../../model/layout';
import { readTensor, sourceOf } from '../../model/readTensor';
import { readHeader, type SafetensorsHeader } from '../../model/safetensorsHeader';
import { checkRoom } from '../../model/diskRoom';
import { encodeHeader, type HeaderEntry } from '../../model/safetensorsWriter';
import { removeIfPossible } from '../../runs/atomicFile';
import { Failure } from '../../shared/failures';
import type { QuantizedTensor } from '../addon';
import { scalesBlock, scalesMap, suffixes } from '../../model/nf4Layout';

const digestName = 'sha256';
const digestBytes = 32;
const blockBytes = 8 * 1024 * 1024;

export type Quantizer = (source: TensorSource) => Promise<QuantizedTensor>;

/** One matrix after another is quantised and written: no more than one is in memory. */
export async function writeQuantizedFile(
  file: string,
  matrices: readonly (readonly [string, TensorSource])[],
  quantization: Quantization,
  quantize: Quantizer,
): Promise<void> {
  const entries = matrices.flatMap(([name, source]) => entriesOf(name, source, quantization));
  const digest = { name: digestName, format: 'U8', shape: [digestBytes], sizeBytes: digestBytes };
  const header = encodeHeader([...entries, digest], {});
  await checkRoom(
    file,
    entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, header.length),
  );
  const unfinished = `${file}.${process.pid}.unfinished`;
  try {
    const handle = await open(unfinished, 'w');
    try {
      const hash = createHash('sha256');
      const write = async (bytes: Uint8Array): Promise<void> => {
        hash.update(bytes);
        await handle.writeFile(bytes);
      };
      await write(header);
      for (const [, source] of matrices) {
        for (const part of partsOf(await quantize(source))) await write(part);
      }
      await write(hash.copy().digest());
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
  } catch (error) {
    removeIfPossible(unfinished);
    throw error;
  }
}

/** What partsOf gives, in its order. */
function entriesOf(
  name: string,
  { shape }: TensorSource,
  { blockSize, double }: Quantization,
): HeaderEntry[] {
  const values = valuesOf(shape);
  const blocks = Math.ceil(values / blockSize);
  const bytes = (suffix: string, count: number): HeaderEntry => ({
    ...{ name: name + suffix, format: 'U8', shape: [count], sizeBytes: count },
  });
  const floats = (suffix: string, count: number): HeaderEntry => ({
    ...{ name: name + suffix, format: 'F32', shape: [count], sizeBytes: 4 * count },
  });
  const codes = bytes('', Math.ceil(values / 2));
  if (!double) return [codes, floats(suffixes.absmax, blocks)];
  return [
    codes,
    bytes(suffixes.absmax, blocks),
    floats(suffixes.scales, Math.ceil(blocks / scalesBlock)),
    floats(suffixes.map, scalesMap),
    floats(suffixes.offset, 1),
  ];
}

function partsOf({ codes, absmax, scales }: QuantizedTensor): Uint8Array[] {
  const floats = [absmax, scales?.absmax, scales?.map, scales && Float32Array.of(scales.offset)];
  const encoded = floats.flatMap((values) => (values ? [encodeValues(values, 'f32')] : []));
  return scales ? [codes, scales.codes, ...encoded] : [codes, ...encoded];
}

/** Where each matrix lies in the file; undefined when the file is not there, cut off or not what was written. */
export async function openQuantizedFile(
  file: string,
  matrices: readonly (readonly [string, TensorSource])[],
  quantization: Quantization,
): Promise<Map<string, QuantizedSource> | undefined> {
  let header: SafetensorsHeader;
  try {
    header = readHeader(file);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
  if (!(await isAsWritten(header))) return undefined;
  const sources = new Map<string, QuantizedSource>();
  for (const [name, { shape }] of matrices) {
    const source = await quantizedSource(header, name, shape, quantization);
    if (source === undefined) return undefined;
    sources.set(name, source);
  }
  return sources;
}

async function quantizedSource(
  header: SafetensorsHeader,
  name: string,
  shape: number[],
  { blockSize, double }: Quantization,
): Promise<QuantizedSource | undefined> {
  const { file, tensors } = header;
  const part = (suffix: string): { file: string; offsetBytes: number } | undefined => {
    const stored = tensors.get(name + suffix);
    return stored && { file, offsetBytes: stored.offsetBytes };
  };
  const codes = part('');
  const absmax = part(suffixes.absmax);
  if (codes === undefined || absmax === undefined) return undefined;
  const nf4: Nf4Parts = { blockSize, absmax };
  if (double) {
    const scales = part(suffixes.scales);
    const map = part(suffixes.map);
    const stored = sourceOf(header, name + suffixes.offset);
    const offset = stored && (await readTensor(stored))[0];
    if (scales === undefined || map === undefined || offset === undefined) return undefined;
    nf4.double = { scales, map, offset };
  }
  return { ...codes, dtype: 'nf4', shape, nf4 };
}

async function isAsWritten({ file, fileBytes, tensors }: SafetensorsHeader): Promise<boolean> {
  const digest = tensors.get(digestName);
  if (digest?.sizeBytes !== digestBytes || digest.offsetBytes !== fileBytes - digestBytes) {
    return false;
  }
  const hash = createHash('sha256');
  const handle = await open(file, 'r');
  try {
    const block = new Uint8Array(blockBytes);
    for (let done = 0; done < digest.offsetBytes;) {
      const wanted = Math.min(block.length, digest.offsetBytes - done);
      const { bytesRead } = await handle.read(block, 0, wanted, done);
      if (bytesRead === 0) return false;
      hash.update(block.subarray(0, bytesRead));
      done += bytesRead;
    }
    const { buffer } = await handle.read(
      Buffer.alloc(digestBytes),
      0,
      digestBytes,
      digest.offsetBytes,
    );
    return buffer.equals(hash.digest());
  } finally {
    await handle.close();
  }
}

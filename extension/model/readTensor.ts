// One tensor's values. For adapters and small tensors: a model's weights are mapped by the addon, not read here.
import { open } from 'node:fs/promises';
import type { TensorSource } from '../shared/engineTypes';
import { Failure } from '../shared/failures';
import { bytesOfDType, decodeValues, dtypeOfFormat } from './dtypes';
import type { SafetensorsHeader, StoredTensor } from './safetensorsHeader';

export async function readTensor(source: TensorSource): Promise<Float32Array> {
  const { file, offsetBytes, shape, dtype } = source;
  const sizeBytes = shape.reduce((n, length) => n * length, bytesOfDType(dtype));
  return decodeValues(await readBytes(file, { offsetBytes, sizeBytes }), dtype);
}

/** A range of a file that a header names. */
export async function readBytes(
  file: string,
  { offsetBytes, sizeBytes }: Pick<StoredTensor, 'offsetBytes' | 'sizeBytes'>,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(sizeBytes);
  const handle = await open(file, 'r');
  try {
    for (let done = 0; done < sizeBytes;) {
      const wanted = Math.min(sizeBytes - done, 2 ** 30);
      const { bytesRead } = await handle.read(bytes, done, wanted, offsetBytes + done);
      if (bytesRead === 0) {
        throw new Failure('weights-broken', { file, problem: 'it became shorter' });
      }
      done += bytesRead;
    }
  } finally {
    await handle.close();
  }
  return bytes;
}

/** Rows [first, first + count) of a matrix, or elements of a vector. */
export function rowsOf(source: TensorSource, first: number, count: number): TensorSource {
  const [, ...inner] = source.shape;
  const rowBytes = inner.reduce((size, length) => size * length, bytesOfDType(source.dtype));
  return {
    ...source,
    offsetBytes: source.offsetBytes + first * rowBytes,
    shape: [count, ...inner],
  };
}

/** Where a tensor of the header lies; refused in a format that the engine does not read. */
export function sourceOf(header: SafetensorsHeader, name: string): TensorSource | undefined {
  const tensor = header.tensors.get(name);
  if (tensor === undefined) return undefined;
  const dtype = dtypeOfFormat(tensor.format);
  if (dtype === undefined) {
    throw new Failure('tensor-invalid', {
      file: header.file,
      tensor: name,
      problem: `its dtype is ${tensor.format}, and Adapter Lab reads F32, F16 and BF16`,
    });
  }
  return { file: header.file, offsetBytes: tensor.offsetBytes, dtype, shape: tensor.shape };
}

// Weights cut into files of a size at most, named and indexed as transformers does.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { valuesOf } from './layout';
import { bytesOfStored, writeSafetensors, type TensorToWrite } from './safetensorsWriter';

export interface ShardFile {
  name: string;
  tensors: TensorToWrite[];
}

export interface WrittenShards {
  files: string[];
  /** Of all tensors. */
  sizeBytes: number;
}

/** Tensors in their order: one that alone is above `mostBytes` gets a file of its own, before the one that is being filled. */
export function cutIntoShards(tensors: readonly TensorToWrite[], mostBytes: number): ShardFile[] {
  const shards: TensorToWrite[][] = [];
  let open: TensorToWrite[] = [];
  let openBytes = 0;
  for (const tensor of tensors) {
    const sizeBytes = sizeOf(tensor);
    if (sizeBytes > mostBytes) {
      shards.push([tensor]);
      continue;
    }
    if (openBytes + sizeBytes > mostBytes) {
      shards.push(open);
      open = [];
      openBytes = 0;
    }
    open.push(tensor);
    openBytes += sizeBytes;
  }
  if (open.length > 0) shards.push(open);
  const digits = (number: number): string => String(number).padStart(5, '0');
  return shards.map((shard, index) => ({
    name:
      shards.length === 1
        ? 'model.safetensors'
        : `model-${digits(index + 1)}-of-${digits(shards.length)}.safetensors`,
    tensors: shard,
  }));
}

/** Fills `folder`. */
export async function writeShards(
  folder: string,
  shards: readonly ShardFile[],
  onBytes?: (written: number) => void,
): Promise<WrittenShards> {
  let sizeBytes = 0;
  for (const { name, tensors } of shards) {
    await writeSafetensors(join(folder, name), tensors, { format: 'pt' }, onBytes);
    sizeBytes += tensors.reduce((sum, tensor) => sum + sizeOf(tensor), 0);
  }
  if (shards.length > 1) await writeIndex(folder, shards, sizeBytes);
  return { files: shards.map(({ name }) => name), sizeBytes };
}

async function writeIndex(
  folder: string,
  shards: readonly ShardFile[],
  sizeBytes: number,
): Promise<void> {
  const all = shards.flatMap(({ tensors }) => tensors);
  const parameters = all.reduce((sum, tensor) => sum + valuesOf(tensor.shape), 0);
  const places = shards.flatMap(({ name, tensors }) =>
    tensors.map((tensor): [string, string] => [tensor.name, name]),
  );
  const index = {
    metadata: { total_parameters: parameters, total_size: sizeBytes },
    weight_map: Object.fromEntries(places.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  const file = join(folder, 'model.safetensors.index.json');
  await writeFile(file, `${JSON.stringify(index, null, 2)}\n`, { flush: true });
}

export function sizeOf(tensor: Pick<TensorToWrite, 'shape' | 'dtype'>): number {
  return valuesOf(tensor.shape) * bytesOfStored(tensor.dtype);
}

// A model folder with an adapter folded into its base, and how far that is.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TensorToWrite } from '../../model/safetensorsWriter';
import { cutIntoShards, sizeOf, writeShards, type WrittenShards } from '../../model/shards';
import { biasSettings } from '../../model/ownBiases';
import type { DType } from '../../shared/engineTypes';
import { Failure } from '../../shared/failures';
import {
  mergedTensors,
  plainDType,
  type MergedTensor,
  type Merging,
} from '../../trainer/exchange/mergedWeights';
import { copyModelFiles } from '../../trainer/modelFiles';
import { writeWholeFolder } from '../wholeFolder';

export interface MergedModel {
  merging: Merging;
  /** Undefined: each tensor as the base has it. */
  dtype: DType | undefined;
  shardBytes: number;
  /** README.md. */
  card: string;
  onBytes: (done: number, of: number) => void;
}

/** As much as the hub, and transformers before its version 5, put into a file. */
export const defaultShardBytes = 5e9;

export interface WrittenModel extends WrittenShards {
  folder: string;
  modules: number;
}

export async function writeMergedModel(out: string, model: MergedModel): Promise<WrittenModel> {
  const { merging, dtype, shardBytes, card } = model;
  const { base, tensors, modules } = mergedTensors(merging);
  if (biasSettings(base.config) === undefined) {
    const problem = `it adds biases ("lora_bias") that the configuration of a ${base.config.architecture} has no place for; use it as an adapter`;
    throw new Failure('export-impossible', { adapter: merging.adapter ?? base.path, problem });
  }
  const toWrite = tensors.map((tensor) => asTensorToWrite(tensor, dtype));
  const total = toWrite.reduce((sum, tensor) => sum + sizeOf(tensor), 0);
  let done = 0;
  const onBytes = (bytes: number): void => {
    done += bytes;
    model.onBytes(done, total);
  };
  const written = await writeWholeFolder(out, async (target) => {
    const shards = await writeShards(target, cutIntoShards(toWrite, shardBytes), onBytes);
    await copyModelFiles(base, target, dtype ?? plainDType(base));
    await writeFile(join(target, 'README.md'), card, { flush: true });
    return shards;
  });
  return { folder: out, modules: modules.length, ...written };
}

function asTensorToWrite(tensor: MergedTensor, wanted: DType | undefined): TensorToWrite {
  const { name, shape, source } = tensor;
  const dtype = wanted ?? tensor.dtype;
  const content = source?.dtype === dtype ? source : { blocks: () => tensor.blocks() };
  return { name, dtype, shape, content };
}

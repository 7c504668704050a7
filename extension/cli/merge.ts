// adapter-lab merge: an adapter folded into its base, written as a model folder that others load. A block of one weight
// at a time is in memory, and the folder appears whole.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { readModelFolder, type ModelFolder } from '../model/folder';
import type { TensorToWrite } from '../model/safetensorsWriter';
import { cutIntoShards, sizeOf, writeShards, type WrittenShards } from '../model/shards';
import type { DType, Quantization } from '../shared/engineTypes';
import { mergedTensors, plainDType, type MergedTensor } from '../trainer/exchange/mergedWeights';
import { quantizedBytes } from '../trainer/memory/memoryEstimate';
import { copyModelFiles } from '../trainer/modelFiles';
import { baseFor } from '../trainer/openModel';
import { adapterQuantization } from '../trainer/quantized/adapterQuantization';
import { quantizationName } from '../trainer/quantized/quantizationName';
import { byteSize, oneOf, progressOption, quantizeOption, threadsOption } from './arguments';
import { tell, type Outcome, type OutputOptions } from './output';
import { openProgressAs, type Progress, type ProgressKind } from './progress';
import { writeWholeFolder } from './wholeFolder';

interface MergeOptions extends OutputOptions {
  dtype?: DType;
  shardSize: number;
  quantize?: Quantization | 'none';
  threads: number;
  progress: ProgressKind;
}

/** As much as transformers' older versions and the hub put into a file. */
const defaultShardBytes = 5e9;

export function addMerge(program: Command): void {
  program
    .command('merge')
    .description('fold a PEFT adapter into its base and write a Hugging Face model folder')
    .argument('<base>', 'Hugging Face model folder')
    .argument('<adapter>', 'PEFT adapter of that model')
    .argument('<out>', 'folder to write; it must not exist or be empty')
    .option('--dtype <dtype>', "f32, f16 or bf16; the base's own when left out", dtypeOption())
    .option(
      '--shard-size <size>',
      'most that a weights file holds, as 5GB, 500MB or 2GiB',
      byteSize('--shard-size'),
      defaultShardBytes,
    )
    .option(...quantizeOption)
    .option(...threadsOption)
    .option(...progressOption)
    .option('--json', 'print {folder, modules, files, sizeBytes}')
    .addHelpText(
      'after',
      `
Weights are read from their files some rows at a time, so that memory does not grow with the model.

Examples:
  adapter-lab merge models/smollm2 runs/ID/checkpoints/step-000200 models/smollm2-boolq
  adapter-lab merge models/smollm2 adapters/boolq models/smollm2-boolq --dtype f32 --shard-size 200MB
`,
    )
    .action(async (base: string, adapter: string, out: string, options: MergeOptions) => {
      await tell(options, () => merge({ base, adapter, out: resolve(out) }, options));
    });
}

function dtypeOption(): (text: string) => DType {
  return oneOf('--dtype', ['f32', 'f16', 'bf16']);
}

async function merge(
  { base, adapter, out }: { base: string; adapter: string; out: string },
  options: MergeOptions,
): Promise<Outcome> {
  const read = readModelFolder(base);
  const folder = await baseFor(read, adapterQuantization(adapter), options);
  const { tensors, modules } = mergedTensors({ base: folder, adapter, threads: options.threads });
  const progress = openProgressAs(options.progress);
  try {
    const written = await writeWholeFolder(out, (target) =>
      writeModel(target, { folder, tensors, progress }, options),
    );
    const size = `${(written.sizeBytes / 1e6).toFixed(1)} MB`;
    const warning = dequantisedWarning(folder);
    const text = `Merged ${modules.length} modules into ${out} (${size}).`;
    return {
      json: { folder: out, modules: modules.length, ...written, ...(warning && { warning }) },
      text: warning === undefined ? text : `${text}\n${warning}`,
    };
  } finally {
    progress.end();
  }
}

/** What it costs that the merged weights are those which training saw. */
function dequantisedWarning({ quantization, linears }: ModelFolder): string | undefined {
  if (quantization === undefined) return undefined;
  const values = linears.reduce((sum, linear) => sum + linear.in * linear.out, 0);
  const size = `${(quantizedBytes(values, quantization) / 1e6).toFixed(0)} MB`;
  return (
    `The base is ${quantizationName(quantization)}: its dequantised weights were merged, as training saw them. ` +
    `Its linear modules took ${size} in 4 bits; quantising the merged model again would round the adapter's ` +
    'changes and give other answers.'
  );
}

async function writeModel(
  target: string,
  {
    folder,
    tensors,
    progress,
  }: { folder: ModelFolder; tensors: MergedTensor[]; progress: Progress },
  { dtype, shardSize }: MergeOptions,
): Promise<WrittenShards> {
  const toWrite = tensors.map((tensor) => asTensorToWrite(tensor, dtype));
  const totalBytes = toWrite.reduce((sum, tensor) => sum + sizeOf(tensor), 0);
  let doneBytes = 0;
  const onBytes = (bytes: number): void => {
    doneBytes += bytes;
    const share = { done: megabytes(doneBytes), total: megabytes(totalBytes) };
    progress.update('merge', share, ['MB']);
  };
  const shards = cutIntoShards(toWrite, shardSize);
  const written = await writeShards(target, shards, onBytes);
  await copyModelFiles(folder, target, dtype ?? plainDType(folder));
  return written;
}

function asTensorToWrite(tensor: MergedTensor, wanted: DType | undefined): TensorToWrite {
  const { name, shape, source } = tensor;
  const dtype = wanted ?? tensor.dtype;
  const isCopied = source?.dtype === dtype;
  const content = isCopied ? source : { blocks: () => tensor.blocks() };
  return { name, dtype, shape, content };
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

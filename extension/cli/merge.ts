// adapter-lab merge: an adapter folded into its base, written as a model folder that others load. A block of one weight
// at a time is in memory, and the folder appears whole.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { DType, Quantization } from '../shared/engineTypes';
import { byteSize, oneOf, progressOption, quantizeOption, threadsOption } from './arguments';
import { bytesProgress } from './exchange/bytesProgress';
import { dequantisedWarning, exportedBase } from './exchange/exportedBase';
import { cardOf } from './exchange/exportSubject';
import { defaultShardBytes, writeMergedModel } from './exchange/mergedModel';
import { tell, type Outcome, type OutputOptions } from './output';
import type { ProgressKind } from './progress';
import { megabytes } from './wording';

interface MergeOptions extends OutputOptions {
  dtype?: DType;
  shardSize: number;
  quantize?: Quantization | 'none';
  threads: number;
  progress: ProgressKind;
}

export function addMerge(program: Command): void {
  program
    .command('merge')
    .description('fold a PEFT adapter into its base and write a Hugging Face model folder')
    .argument('<base>', 'Hugging Face model folder')
    .argument('<adapter>', 'PEFT adapter of that model')
    .argument('<out>', 'folder to write; it must not exist or be empty')
    .option(
      '--dtype <dtype>',
      "f32, f16 or bf16; the base's own when left out",
      oneOf('--dtype', ['f32', 'f16', 'bf16'] as const),
    )
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

async function merge(
  { base, adapter, out }: { base: string; adapter: string; out: string },
  { dtype, shardSize, quantize, threads, progress }: MergeOptions,
): Promise<Outcome> {
  const subject = { model: resolve(base), adapter: resolve(adapter) };
  const folder = await exportedBase(subject, { quantize, threads });
  const card = await cardOf(subject, true);
  const shown = bytesProgress('merge', progress);
  try {
    const written = await writeMergedModel(out, {
      ...{ merging: { base: folder, adapter, threads }, dtype, shardBytes: shardSize },
      ...{ card, onBytes: shown.update },
    });
    const warning = dequantisedWarning(folder);
    const size = megabytes(written.sizeBytes);
    const text = `Merged ${written.modules} modules into ${out} (${size}).`;
    return {
      json: { ...written, ...(warning && { warning }) },
      text: warning === undefined ? text : `${text}\n${warning}`,
    };
  } finally {
    shown.end();
  }
}

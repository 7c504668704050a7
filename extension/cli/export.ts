// adapter-lab export: a checkpoint, an adapter or a model in the form that others load.
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { readModelFolder } from '../model/folder';
import { isDvoraFolder, peftFiles } from '../runs/adapterFolder';
import { exportCheckpoint } from '../runs/exportCheckpoint';
import type { Quantization } from '../shared/engineTypes';
import { Failure } from '../shared/failures';
import { convertAdapter } from '../trainer/exchange/convertAdapter';
import { exportAdapterGguf, exportModelGguf } from '../trainer/exchange/gguf/exportGguf';
import { plainDType } from '../trainer/exchange/mergedWeights';
import type { GgmlType } from '../trainer/exchange/gguf/ggmlTypes';
import { byteSize, oneOf, progressOption, quantizeOption, threadsOption } from './arguments';
import { bytesProgress, type BytesProgress } from './exchange/bytesProgress';
import { dequantisedWarning, exportedBase } from './exchange/exportedBase';
import { cardOf, exportSubject, type ExportSubject } from './exchange/exportSubject';
import { defaultShardBytes, writeMergedModel } from './exchange/mergedModel';
import { tell, type Outcome, type OutputOptions } from './output';
import type { ProgressKind } from './progress';
import { writeWholeFile, writeWholeFolder } from './wholeFolder';
import { megabytes } from './wording';

const formats = ['peft', 'lora', 'model', 'gguf', 'gguf-lora'] as const;
const dtypes = ['f32', 'f16', 'bf16', 'q8_0'] as const;

interface ExportOptions extends OutputOptions {
  format?: (typeof formats)[number];
  base?: string;
  dtype?: GgmlType;
  shardSize: number;
  quantize?: Quantization | 'none';
  threads: number;
  progress: ProgressKind;
}

interface Exporting {
  subject: ExportSubject;
  out: string;
  options: ExportOptions;
  progress: BytesProgress;
}

export function addExport(program: Command): void {
  program
    .command('export')
    .description('write a checkpoint, adapter or model in the form that others load')
    .argument('<what>', 'run, checkpoint of a run, PEFT adapter, or Hugging Face model folder')
    .argument('<out>', 'folder to write, or file for GGUF; it must not exist')
    .option('--format <format>', formats.join(', '), oneOf('--format', formats))
    .option('--base <folder>', 'base model of an adapter that does not say where it is')
    .option(
      '--dtype <dtype>',
      `${dtypes.join(', ')}; as it is when left out`,
      oneOf('--dtype', dtypes),
    )
    .option(
      '--shard-size <size>',
      'most that a weights file of a model holds, as 5GB, 500MB or 2GiB',
      byteSize('--shard-size'),
      defaultShardBytes,
    )
    .option(...quantizeOption)
    .option(...threadsOption)
    .option(...progressOption)
    .option('--json', 'print {format, out, files, sizeBytes}')
    .addHelpText(
      'after',
      `
peft       the adapter as PEFT has it, or the model folder of full fine-tuning (without --format);
           of DVoRA, which PEFT does not have, the DoRA adapter of the same weight
lora       the adapter as plain LoRA or DoRA, whatever its method (see adapter-lab convert)
model      a Hugging Face model folder, an adapter merged into its base
gguf       the same as one file for llama.cpp: f32, f16, bf16 or q8_0
gguf-lora  the adapter alone for llama.cpp (--lora); DoRA has to be merged

Folders get a README.md: what was trained on what and how, losses, accuracies and slopes.

Examples:
  adapter-lab export runs/ID adapters/boolq
  adapter-lab export runs/ID/checkpoints/step-000200 boolq.gguf --format gguf --dtype q8_0
  adapter-lab export adapters/boolq boolq-lora.gguf --format gguf-lora --base models/smollm2
  adapter-lab export models/smollm2 smollm2.gguf --format gguf
`,
    )
    .action(async (what: string, out: string, options: ExportOptions) => {
      await tell(options, () => exportAs(what, resolve(out), options));
    });
}

async function exportAs(what: string, out: string, options: ExportOptions): Promise<Outcome> {
  const format = options.format ?? 'peft';
  const subject = exportSubject(what, options.base);
  const progress = bytesProgress('export', options.progress);
  try {
    const exporting = { subject, out, options, progress };
    const written = await writers[format](exporting);
    const text = `Exported to ${out} (${megabytes(written.sizeBytes)}).`;
    const { warning } = written;
    const told = warning === undefined ? text : `${text}\n${warning}`;
    return { json: { format, out, ...written }, text: told };
  } finally {
    progress.end();
  }
}

interface Written {
  files: string[];
  sizeBytes: number;
  /** What merging onto a quantised base costs. */
  warning?: string;
}

const writers: Record<(typeof formats)[number], (exporting: Exporting) => Promise<Written>> = {
  peft: async (exporting) => {
    const { subject, out, options, progress } = exporting;
    refuseDtype(options.dtype);
    // PEFT has no DVoRA, but the DoRA of the same merged weight.
    const { adapter } = subject;
    if (adapter !== undefined && isDvoraFolder(adapter)) return writePlain(exporting);
    const card = await cardOf(subject, false);
    let sizeBytes = 0;
    const files = await writeWholeFolder(out, async (target) => {
      const names = await exportCheckpoint(subject.adapter ?? subject.model, target, (done, of) => {
        sizeBytes = of;
        progress.update(done, of);
      });
      await writeFile(join(target, 'README.md'), card, { flush: true });
      return [...new Set([...names, 'README.md'])].sort();
    });
    return { files, sizeBytes };
  },
  lora: writePlain,
  model: async ({ subject, out, options, progress }) => {
    const { dtype, shardSize, quantize, threads } = options;
    if (dtype === 'q8_0') throw refusedDtype(dtype, 'must be f32, f16 or bf16 for --format model');
    const base = await exportedBase(subject, { quantize, threads });
    const { files, sizeBytes } = await writeMergedModel(out, {
      merging: { base, adapter: subject.adapter, threads },
      ...{ dtype, shardBytes: shardSize },
      ...{ card: await cardOf(subject, true), onBytes: progress.update },
    });
    const warning = dequantisedWarning(base);
    return { files, sizeBytes, ...(warning && { warning }) };
  },
  gguf: async ({ subject, out, options, progress }) => {
    const { quantize, threads } = options;
    const base = await exportedBase(subject, { quantize, threads });
    const merging = { base, adapter: subject.adapter, threads };
    const type = options.dtype ?? plainDType(base);
    const { sizeBytes } = await writeWholeFile(out, (file) =>
      exportModelGguf(file, merging, { type, onBytes: progress.update }),
    );
    const warning = dequantisedWarning(base);
    return { files: [out], sizeBytes, ...(warning && { warning }) };
  },
  'gguf-lora': async ({ subject, out, options, progress }) => {
    const { model, adapter } = subject;
    if (adapter === undefined) throw noAdapter(model, '--format gguf');
    const type = options.dtype ?? 'f32';
    const exported = { base: readModelFolder(model), adapter };
    const { sizeBytes } = await writeWholeFile(out, (file) =>
      exportAdapterGguf(file, exported, { type, onBytes: progress.update }),
    );
    return { files: [out], sizeBytes };
  },
};

/** As LoRA or DoRA whose alpha is the rank. */
async function writePlain({ subject, out, options, progress }: Exporting): Promise<Written> {
  refuseDtype(options.dtype);
  const { model, adapter } = subject;
  if (adapter === undefined) throw noAdapter(model, '--format model');
  const card = await cardOf(subject, false);
  const conversion = { base: readModelFolder(model), adapter, rank: undefined };
  const { sizeBytes } = await writeWholeFolder(out, async (target) => {
    const converted = await convertAdapter(target, conversion, progress.update);
    await writeFile(join(target, 'README.md'), card, { flush: true });
    return converted;
  });
  return { files: ['README.md', peftFiles.config, peftFiles.tensors], sizeBytes };
}

function refuseDtype(dtype: GgmlType | undefined): void {
  if (dtype !== undefined) throw refusedDtype(dtype, 'is for --format model, gguf and gguf-lora');
}

function noAdapter(model: string, instead: string): Failure {
  const problem = `it is a whole model and no adapter; take ${instead}`;
  return new Failure('export-impossible', { adapter: model, problem });
}

function refusedDtype(value: string, problem: string): Failure {
  return new Failure('argument-invalid', { argument: '--dtype', value, problem });
}

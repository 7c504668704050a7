// adapter-lab merge: an adapter folded into its base, written as a model folder that others load. One tensor at
// a time is in memory beside the engine, and the folder appears whole.
import { rmSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { readModelFolder, type ModelFolder } from '../model/folder';
import { readTensor } from '../model/readTensor';
import { writeSafetensors, type TensorToWrite } from '../model/safetensorsWriter';
import type { DType, TensorSource } from '../shared/engineTypes';
import { Failure } from '../shared/failures';
import { errorCode, problemOf } from '../runs/systemError';
import type { Engine } from '../trainer/addon';
import { copyModelFiles } from '../trainer/modelFiles';
import { openEngine, readAdapter, writeValues, type AdapterFolder } from '../trainer/openModel';
import { oneOf, threadsOption } from './arguments';
import { tell, type Outcome, type OutputOptions } from './output';

interface MergeOptions extends OutputOptions {
  dtype?: DType;
  threads: number;
}

interface Merging {
  base: ModelFolder;
  adapter: AdapterFolder;
  engine: Engine;
  /** Undefined: each tensor as the base has it. */
  dtype: DType | undefined;
}

export function addMerge(program: Command): void {
  program
    .command('merge')
    .description('fold a PEFT adapter into its base and write a Hugging Face model folder')
    .argument('<base>', 'Hugging Face model folder')
    .argument('<adapter>', 'PEFT adapter of that model')
    .argument('<out>', 'folder to write; it must not exist or be empty')
    .option('--dtype <dtype>', "f32, f16 or bf16; the base's own when left out", dtypeOption())
    .option(...threadsOption)
    .option('--json', 'print {folder, modules, files, sizeBytes}')
    .addHelpText(
      'after',
      `
Examples:
  adapter-lab merge models/smollm2 runs/ID/checkpoints/step-000200 models/smollm2-boolq
  adapter-lab merge models/smollm2 adapters/boolq models/smollm2-boolq --dtype f32
`,
    )
    .action(async (base: string, adapter: string, out: string, options: MergeOptions) => {
      await tell(options, () => merge({ base, adapter, out }, options));
    });
}

function dtypeOption(): (text: string) => DType {
  return oneOf('--dtype', ['f32', 'f16', 'bf16']);
}

async function merge(
  paths: { base: string; adapter: string; out: string },
  { dtype, threads }: MergeOptions,
): Promise<Outcome> {
  const out = resolve(paths.out);
  await refuseExisting(out);
  const base = readModelFolder(paths.base);
  const adapter = await readAdapter(paths.adapter, base);
  const engine = await openEngine(base, { adapters: adapter.modules, threads });
  try {
    await writeValues(engine, adapter.values);
    const written = await writeWhole(out, { base, adapter, engine, dtype });
    const modules = adapter.modules.length;
    const size = `${(written.sizeBytes / 1e6).toFixed(1)} MB`;
    const text = `Merged ${modules} modules into ${out} (${size}).`;
    return { json: { folder: out, modules, ...written }, text };
  } finally {
    await engine.dispose();
  }
}

async function refuseExisting(out: string): Promise<void> {
  try {
    const names = await readdir(out);
    if (names.length > 0) throw new Failure('output-exists', { folder: out });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    if (error instanceof Failure) throw error;
    throw new Failure('output-unwritable', { path: out, problem: problemOf(error) });
  }
}

/** Under another name until everything is there. */
async function writeWhole(
  out: string,
  merging: Merging,
): Promise<{ files: string[]; sizeBytes: number }> {
  const unfinished = join(dirname(out), `.${basename(out)}.${process.pid}.unfinished`);
  const onSignal = (signal: NodeJS.Signals): void => {
    rmSync(unfinished, { recursive: true, force: true });
    process.exit(128 + constants.signals[signal]);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    await mkdir(unfinished, { recursive: true });
    const written = await writeWeights(unfinished, merging);
    await copyModelFiles(merging.base, unfinished, mainDtype(merging));
    await rename(unfinished, out);
    return written;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (error instanceof Failure || errorCode(error) === undefined) throw error;
    throw new Failure('output-unwritable', { path: out, problem: problemOf(error) });
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

/** The base's files one by one, with its own split and an index where it has several. */
async function writeWeights(
  folder: string,
  merging: Merging,
): Promise<{ files: string[]; sizeBytes: number }> {
  const byFile = new Map<string, TensorToWrite[]>();
  for (const [name, source] of Object.entries(merging.base.tensors)) {
    const file = basename(source.file);
    const tensors = byFile.get(file) ?? [];
    tensors.push(mergedTensor(name, source, merging));
    byFile.set(file, tensors);
  }
  for (const [file, tensors] of byFile) {
    await writeSafetensors(join(folder, file), tensors, { format: 'pt' });
  }
  const files = [...byFile.keys()].sort();
  const sizeBytes = [...byFile.values()].flat().reduce((sum, one) => sum + bytesOf(one), 0);
  if (files.length > 1) {
    const pairs = [...byFile].flatMap(([file, tensors]) => tensors.map(({ name }) => [name, file]));
    const index = {
      metadata: { total_size: sizeBytes },
      weight_map: Object.fromEntries(pairs) as Record<string, string>,
    };
    const text = `${JSON.stringify(index, null, 2)}\n`;
    await writeFile(join(folder, 'model.safetensors.index.json'), text);
  }
  return { files, sizeBytes };
}

function mergedTensor(name: string, source: TensorSource, merging: Merging): TensorToWrite {
  const { adapter, engine } = merging;
  const { shape } = source;
  const dtype = merging.dtype ?? source.dtype;
  const module = adapter.modules.find((one) => `${one.name}.weight` === name);
  if (module) return { name, dtype, shape, content: () => engine.merged(module.name) };
  if (dtype === source.dtype) return { name, dtype, shape, content: source };
  return { name, dtype, shape, content: () => readTensor(source) };
}

function bytesOf({ shape, dtype }: TensorToWrite): number {
  return shape.reduce((size, length) => size * length, dtype === 'f32' ? 4 : 2);
}

function mainDtype({ base, dtype }: Merging): DType {
  return dtype ?? base.tensors['model.embed_tokens.weight']?.dtype ?? 'f32';
}

// Any adapter as plain LoRA or DoRA in PEFT's files: whatever scales an update goes into its A, so that alpha is the rank
// everywhere; a lower rank takes the largest singular values of each update.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LinearModule } from '../../model/architecture';
import type { ModelFolder } from '../../model/folder';
import { readHeader } from '../../model/safetensorsHeader';
import { sizeOf } from '../../model/shards';
import { writeSafetensors, type TensorToWrite } from '../../model/safetensorsWriter';
import type { AdapterModule } from '../addon';
import { readAdapterModules } from '../openModel';
import { configFile, type PeftConfig } from '../peftConfig';
import { peftConfigText } from '../peftConfigText';
import {
  findAdapterTensors,
  peftPrefix,
  tensorFile,
  type AdapterParts,
  type AdapterTensor,
} from '../peftTensors';
import { baseQuantizationKey } from '../quantized/quantizationName';
import { savedKeys } from '../savedTensors';
import { inTurns } from './inTurns';
import { lowerRank } from './lowerRank';
import { readUpdate, type WeightUpdate } from './weightUpdate';

export interface Conversion {
  base: ModelFolder;
  adapter: string;
  /** Highest rank of a module; undefined: as it is. */
  rank: number | undefined;
}

export interface Converted {
  modules: number;
  /** Of the tensors. */
  sizeBytes: number;
  /** Of the squared length of all updates; 1 where no rank was lowered. */
  keptShare: number;
}

/** Fills `target` with adapter_model.safetensors and adapter_config.json. */
export async function convertAdapter(target: string, conversion: Conversion): Promise<Converted> {
  const { base, adapter } = conversion;
  const parts = readAdapterModules(adapter, base);
  const { config, modules, trainedTensors } = parts;
  const found = findAdapterTensors(adapter, parts, base);
  const sizes = new Map(base.linears.map((linear) => [linear.name, linear]));
  const tensors: TensorToWrite[] = [];
  const kept: AdapterModule[] = [];
  const squares = { kept: 0, all: 0 };
  // PEFT has no rank 0: without magnitudes such a module stays as the base has it.
  const written = modules.filter(({ rank, magnitude }) => rank > 0 || magnitude);
  const updates = await inTurns(written, async (module) => {
    const linear = sizes.get(module.name);
    if (linear === undefined) throw new Error(`${module.name} is no linear module`);
    const whole = withRank(await readUpdate(module, found, linear), linear);
    const { rank } = conversion;
    const isLowered = rank !== undefined && rank < whole.rank;
    const lowered = isLowered ? await lowerRank(whole, linear, rank) : undefined;
    return { module, linear, lowered, update: lowered?.update ?? whole };
  });
  for (const { module, linear, lowered, update } of updates) {
    squares.kept += lowered?.keptSquares ?? 0;
    squares.all += lowered?.squares ?? 0;
    tensors.push(...tensorsOf(module.name, update, linear));
    kept.push({ ...module, rank: update.rank });
  }
  for (const name of trainedTensors) tensors.push(...savedCopies(name, parts, { base, found }));
  const trainedOn = readHeader(join(adapter, tensorFile)).metadata[baseQuantizationKey];
  await writeSafetensors(join(target, tensorFile), tensors, {
    ...(trainedOn !== undefined && { [baseQuantizationKey]: trainedOn }),
    format: 'pt',
  });
  const text = peftConfigText(plainConfig(config, kept), config.baseModel ?? base.path);
  await writeFile(join(target, configFile), text, { flush: true });
  return {
    modules: kept.length,
    sizeBytes: tensors.reduce((sum, tensor) => sum + sizeOf(tensor), 0),
    keptShare: squares.all === 0 ? 1 : squares.kept / squares.all,
  };
}

/** What the adapter holds of the base stays as it is. */
function savedCopies(
  name: string,
  { modules }: AdapterParts,
  { base, found }: { base: ModelFolder; found: ReadonlyMap<string, AdapterTensor> },
): TensorToWrite[] {
  const source = found.get(name)?.source;
  if (source === undefined) throw new Error(`${name} was not found`);
  const { dtype, shape } = source;
  return savedKeys(name, base, modules).map((key) => {
    return { name: peftPrefix + key, dtype, shape, content: source };
  });
}

/** A magnitude alone gets an update of rank 1 that adds nothing. */
function withRank(update: WeightUpdate, { in: columns, out }: LinearModule): WeightUpdate {
  if (update.rank > 0) return update;
  return { ...update, rank: 1, scale: 1, a: new Float32Array(columns), b: new Float32Array(out) };
}

function tensorsOf(
  name: string,
  { rank, scale, a, b, magnitude }: WeightUpdate,
  { in: columns, out }: LinearModule,
): TensorToWrite[] {
  const scaled = scale === 1 ? a : a.map((value) => scale * value);
  const tensor = (part: string, shape: number[], values: Float32Array): TensorToWrite => {
    const content = (): Promise<Float32Array> => Promise.resolve(values);
    return { name: `${peftPrefix}${name}.${part}`, dtype: 'f32', shape, content };
  };
  return [
    tensor('lora_A.weight', [rank, columns], scaled),
    tensor('lora_B.weight', [out, rank], b),
    ...(magnitude === undefined ? [] : [tensor('lora_magnitude_vector', [out], magnitude)]),
  ];
}

/** One rank for most modules, the others by their full names; alpha is the rank. */
function plainConfig(
  { file, baseModel, dropout, saved }: PeftConfig,
  modules: readonly AdapterModule[],
): PeftConfig {
  const counts = new Map<number, number>();
  for (const { rank } of modules) counts.set(rank, (counts.get(rank) ?? 0) + 1);
  const [[rank] = [1]] = [...counts].sort(([, a], [, b]) => b - a);
  const others = modules.filter((module) => module.rank !== rank);
  const ranks = Object.fromEntries(others.map((module) => [module.name, module.rank]));
  return {
    ...{ file, baseModel, dropout },
    ...{ rank, alpha: rank, rslora: false, rankPattern: ranks, alphaPattern: ranks },
    ...{ dora: modules.some(({ magnitude }) => magnitude), layers: undefined },
    targets: modules.map(({ name }) => name),
    ...(saved && { saved }),
  };
}

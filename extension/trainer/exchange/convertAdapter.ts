// Any adapter as plain LoRA or DoRA in PEFT's files: whatever scales an update goes into its A, so that alpha is the rank
// everywhere; a lower rank takes the largest singular values of each update.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LinearModule } from '../../model/architecture';
import type { ModelFolder } from '../../model/folder';
import { embeddingModule } from '../../model/ownHead';
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
  underTable,
  type AdapterParts,
  type AdapterTensor,
} from '../peftTensors';
import { baseQuantizationKey } from '../quantized/quantizationName';
import { savedKeys } from '../savedTensors';
import {
  readEmbeddingUpdate,
  tableLinear,
  tableTensors,
  tableWeights,
  transposed,
} from '../tableUpdates';
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

/** An update of no higher rank than is asked for, and what of its squared length that keeps. */
interface Wanted {
  update: WeightUpdate;
  keptSquares: number;
  squares: number;
}

type Lowering = (whole: WeightUpdate, linear: LinearModule) => Promise<Wanted>;

/** Fills `target` with adapter_model.safetensors and adapter_config.json. */
export async function convertAdapter(target: string, conversion: Conversion): Promise<Converted> {
  const { adapter, rank } = conversion;
  const parts = readAdapterModules(adapter, conversion.base);
  const { config, base, modules } = parts;
  const found = findAdapterTensors(adapter, parts, base);
  const sizes = new Map(base.linears.map((linear) => [linear.name, linear]));
  const tensors: TensorToWrite[] = [];
  const kept: AdapterModule[] = [];
  const squares = { kept: 0, all: 0 };
  const asWanted: Lowering = async (whole, linear) => {
    const isLowered = rank !== undefined && rank < whole.rank;
    const lowered = isLowered ? await lowerRank(whole, linear, rank) : undefined;
    const { update = whole, keptSquares = 0, squares: all = 0 } = lowered ?? {};
    return { update, keptSquares, squares: all };
  };
  const count = ({ keptSquares, squares: all }: Wanted): void => {
    squares.kept += keptSquares;
    squares.all += all;
  };
  // PEFT has no rank 0: without magnitudes such a module stays as the base has it.
  const written = modules.filter(({ rank: own, magnitude }) => own > 0 || magnitude);
  const updates = await inTurns(written, async (module) => {
    const linear = sizes.get(module.name);
    if (linear === undefined) throw new Error(`${module.name} is no linear module`);
    const whole = withRank(await readUpdate(module, found, linear), linear);
    return { module, linear, wanted: await asWanted(whole, linear) };
  });
  for (const { module, linear, wanted } of updates) {
    const { update } = wanted;
    count(wanted);
    tensors.push(...tensorsOf(module.name, update, linear));
    kept.push({ ...module, rank: update.rank });
  }
  for (const module of parts.tables) {
    const table = await plainTable(module, { base, found }, asWanted);
    count(table.wanted);
    tensors.push(...table.tensors);
    kept.push({ ...module, rank: table.wanted.update.rank });
  }
  const folded = tableWeights(parts.tables);
  for (const name of parts.trainedTensors.filter((one) => !folded.has(one)))
    tensors.push(...savedCopies(name, parts, { base, found }));
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

/** Of embeddings or head, and of what the file has under their update. */
async function plainTable(
  module: AdapterModule,
  { base, found }: { base: ModelFolder; found: ReadonlyMap<string, AdapterTensor> },
  asWanted: Lowering,
): Promise<{ tensors: TensorToWrite[]; wanted: Wanted }> {
  const { name } = module;
  const parts = found.get(`${name}.weight`)?.parts ?? new Map<string, AdapterTensor>();
  const linear = tableLinear(name, base);
  const under = parts.get(`${name}.${underTable}`)?.source;
  const below: TensorToWrite[] = under
    ? [{ name: `${peftPrefix}${name}.${underTable}`, ...under, content: under }]
    : [];
  if (name !== embeddingModule) {
    const own = withRank(await readUpdate(module, parts, linear), linear);
    const wanted = await asWanted(own, linear);
    return { tensors: [...tensorsOf(name, wanted.update, linear), ...below], wanted };
  }
  const { update: whole, lengths } = await readEmbeddingUpdate(module, parts);
  const wanted = await asWanted(whole, linear);
  const { rank, scale, a, b } = wanted.update;
  const values = [
    transposed(b, linear.out),
    transposed(a, rank).map((value) => scale * value),
    ...(lengths ? [lengths] : []),
  ];
  const stored = tableTensors({ ...module, rank }, base).map(
    ({ name: tensor, shape }, i): TensorToWrite => {
      const content = (): Promise<Float32Array> => Promise.resolve(values[i] ?? new Float32Array());
      return { name: peftPrefix + tensor, dtype: 'f32', shape, content };
    },
  );
  return { tensors: [...stored, ...below], wanted };
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

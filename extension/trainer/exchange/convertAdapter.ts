// Any adapter as plain LoRA or DoRA in PEFT's files: whatever scales an update goes into its A, so that alpha is the rank
// everywhere; a lower rank takes the largest singular values of each update. What keeps its rank is computed as it is
// written, a module at a time: the pairs of a VeRA adapter are many times larger than its file.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LinearModule } from '../../model/architecture';
import type { ModelFolder } from '../../model/folder';
import { embeddingModule } from '../../model/ownHead';
import { readHeader } from '../../model/safetensorsHeader';
import { sizeOf } from '../../model/shards';
import { writeSafetensors, type TensorToWrite } from '../../model/safetensorsWriter';
import { adapterFiles, peftFiles } from '../../runs/adapterFolder';
import type { AdapterModule } from '../addon';
import { biasTensor } from '../biasUpdates';
import { readAdapterModules, type ReadModules } from '../openModel';
import type { PeftConfig } from '../peftConfig';
import { peftConfigText } from '../peftConfigText';
import {
  findAdapterTensors,
  foldedTensors,
  moduleTensors,
  peftPrefix,
  readFiniteTensor,
  underTable,
  type AdapterParts,
  type AdapterTensor,
  type ModuleTensor,
} from '../peftTensors';
import { baseQuantizationKey } from '../quantized/quantizationName';
import { savedKeys } from '../savedTensors';
import { readEmbeddingUpdate, tableLinear, tableTensors, transposed } from '../tableUpdates';
import { rowsTensor } from '../tokenRows';
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

/** Fills `target` with adapter_model.safetensors and adapter_config.json. `onBytes`: as tensors are written. */
export async function convertAdapter(
  target: string,
  conversion: Conversion,
  onBytes: (done: number, of: number) => void = () => undefined,
): Promise<Converted> {
  const { adapter, rank } = conversion;
  const parts = readAdapterModules(adapter, conversion.base);
  const { config, base, modules } = parts;
  const reading = { base, found: findAdapterTensors(adapter, parts, base) };
  const asWanted = loweringTo(rank);
  // PEFT has no rank 0: without magnitudes such a module stays as the base has it.
  const written = modules.filter(({ rank: own, magnitude }) => own > 0 || magnitude);
  const plain = await plainModules(written, { ...reading, rank }, asWanted);
  for (const table of parts.tables) plain.push(await plainTable(table, reading, asWanted));
  const folded = foldedTensors(parts);
  const copies = parts.trainedTensors
    .filter((name) => !folded.has(name))
    .flatMap((name) => savedCopies(name, parts, reading));
  const tensors = [
    ...plain.flatMap((one) => one.tensors),
    ...copies,
    ...partsOfFolded(parts, reading),
  ];
  const trainedOn = readHeader(adapterFiles(adapter).tensors).metadata[baseQuantizationKey];
  const metadata = {
    ...(trainedOn !== undefined && { [baseQuantizationKey]: trainedOn }),
    format: 'pt',
  };
  const sizeBytes = tensors.reduce((sum, tensor) => sum + sizeOf(tensor), 0);
  let done = 0;
  await writeSafetensors(join(target, peftFiles.tensors), tensors, metadata, (bytes) => {
    done += bytes;
    onBytes(done, sizeBytes);
  });
  const kept = plain.map(({ module }) => module);
  const text = peftConfigText(plainConfig(config, kept), config.baseModel ?? base.path);
  await writeFile(join(target, peftFiles.config), text, { flush: true });
  return { modules: kept.length, sizeBytes, keptShare: keptShareOf(plain) };
}

/** As a file has it. */
interface Plain {
  /** Of the rank that is written. */
  module: AdapterModule;
  tensors: TensorToWrite[];
  /** Of its update's length, if that was lowered, and what is kept of it. */
  squares: number;
  keptSquares: number;
}

interface Reading {
  base: ModelFolder;
  found: ReadonlyMap<string, AdapterTensor>;
}

function keptShareOf(plain: readonly Plain[]): number {
  const all = plain.reduce((sum, { squares }) => sum + squares, 0);
  return all === 0 ? 1 : plain.reduce((sum, { keptSquares }) => sum + keptSquares, 0) / all;
}

function loweringTo(rank: number | undefined): Lowering {
  return async (whole, linear) => {
    const isLowered = rank !== undefined && rank < whole.rank;
    const lowered = isLowered ? await lowerRank(whole, linear, rank) : undefined;
    const { update = whole, keptSquares = 0, squares = 0 } = lowered ?? {};
    return { update, keptSquares, squares };
  };
}

/** Those of a lower rank are computed now, some at a time, the others as they are written. */
async function plainModules(
  modules: readonly AdapterModule[],
  { base, found, rank }: Reading & { rank: number | undefined },
  asWanted: Lowering,
): Promise<Plain[]> {
  const readWhole = keepingLast(async (module: AdapterModule) => {
    const linear = linearOf(module, base);
    return withRank(await readUpdate(module, found, linear), linear);
  });
  return inTurns(modules, async (module): Promise<Plain> => {
    const linear = linearOf(module, base);
    if (rank === undefined || rank >= module.rank) {
      const own = { ...module, rank: module.rank || 1 };
      const tensors = tensorsOf(own, linear, () => readWhole(module));
      return { module: own, tensors, squares: 0, keptSquares: 0 };
    }
    const { update, ...squares } = await asWanted(await readUpdate(module, found, linear), linear);
    const own = { ...module, rank };
    return {
      module: own,
      tensors: tensorsOf(own, linear, () => Promise.resolve(update)),
      ...squares,
    };
  });
}

function linearOf({ name }: AdapterModule, { linears }: ModelFolder): LinearModule {
  const linear = linears.find((one) => one.name === name);
  if (linear === undefined) throw new Error(`${name} is no linear module`);
  return linear;
}

/** A pair is asked for matrix by matrix, and one is in memory. */
function keepingLast<Item, Result>(
  read: (item: Item) => Promise<Result>,
): (item: Item) => Promise<Result> {
  let last: { item: Item; result: Promise<Result> } | undefined;
  return (item) => {
    if (last?.item !== item) last = { item, result: read(item) };
    return last.result;
  };
}

/** Of embeddings or head, and of what the file has under their update. */
async function plainTable(
  table: AdapterModule,
  { base, found }: Reading,
  asWanted: Lowering,
): Promise<Plain> {
  const { name } = table;
  const parts = found.get(`${name}.weight`)?.parts ?? new Map<string, AdapterTensor>();
  const linear = tableLinear(name, base);
  const under = parts.get(`${name}.${underTable}`)?.source;
  const below: TensorToWrite[] = under
    ? [{ name: `${peftPrefix}${name}.${underTable}`, ...under, content: under }]
    : [];
  if (name !== embeddingModule) {
    const whole = withRank(await readUpdate(table, parts, linear), linear);
    const { update, ...squares } = await asWanted(whole, linear);
    const module = { ...table, rank: update.rank };
    const tensors = tensorsOf(module, linear, () => Promise.resolve(update));
    return { module, tensors: [...tensors, ...below], ...squares };
  }
  const { update: whole, lengths } = await readEmbeddingUpdate(table, parts);
  const { update, ...squares } = await asWanted(whole, linear);
  const { rank, scale, a, b } = update;
  const module = { ...table, rank };
  const values = [
    transposed(b, linear.out),
    transposed(a, rank).map((value) => scale * value),
    ...(lengths ? [lengths] : []),
  ];
  const stored = tableTensors(module, base).map(({ name: tensor, shape }, i): TensorToWrite => {
    const content = (): Promise<Float32Array> => Promise.resolve(values[i] ?? new Float32Array());
    return { name: peftPrefix + tensor, dtype: 'f32', shape, content };
  });
  return { module, tensors: [...stored, ...below], ...squares };
}

/** What the adapter holds of the base stays as it is. */
function savedCopies(
  name: string,
  { modules }: AdapterParts,
  { base, found }: Reading,
): TensorToWrite[] {
  const tensor = found.get(name);
  // With a bias of an update in it, the adapter's own is a part.
  const source = tensor?.source ?? tensor?.parts?.get(name)?.source;
  if (source === undefined) throw new Error(`${name} was not found`);
  const { dtype, shape } = source;
  return savedKeys(name, base, modules).map((key) => {
    return { name: peftPrefix + key, dtype, shape, content: source };
  });
}

/** Rows of tokens as they are, and biases of updates scaled as their A is. */
function partsOfFolded({ rows, biases }: ReadModules, { base, found }: Reading): TensorToWrite[] {
  const written = (
    folded: string,
    { name, shape }: ModuleTensor,
    change: (values: Float32Array) => Float32Array,
  ): TensorToWrite => {
    const part = found.get(folded)?.parts?.get(name);
    if (part === undefined) throw new Error(`${name} was not found`);
    const content = async (): Promise<Float32Array> => change(await readFiniteTensor(part));
    return { name: peftPrefix + name, dtype: 'f32', shape, content };
  };
  return [
    ...rows.map((one) => written(`${one.name}.weight`, rowsTensor(one, base), (values) => values)),
    ...biases.map(({ module }) =>
      written(`${module.name}.bias`, biasTensor(module, base), (values) =>
        values.map((value) => module.scale * value),
      ),
    ),
  ];
}

/** A magnitude alone gets an update of rank 1 that adds nothing. */
function withRank(update: WeightUpdate, { in: columns, out }: LinearModule): WeightUpdate {
  if (update.rank > 0) return update;
  return { ...update, rank: 1, scale: 1, a: new Float32Array(columns), b: new Float32Array(out) };
}

/** A and B of the module's rank, and its magnitude. */
function tensorsOf(
  module: AdapterModule,
  linear: LinearModule,
  read: () => Promise<WeightUpdate>,
): TensorToWrite[] {
  const values: (({ scale, a, b, magnitude }: WeightUpdate) => Float32Array | undefined)[] = [
    ({ scale, a }) => (scale === 1 ? a : a.map((value) => scale * value)),
    ({ b }) => b,
    ({ magnitude }) => magnitude,
  ];
  const tensors = moduleTensors({ ...module, kind: 'lora' }, linear);
  return tensors.map(({ name, shape }, i) => {
    const content = async (): Promise<Float32Array> =>
      values[i]?.(await read()) ?? new Float32Array();
    return { name: peftPrefix + name, dtype: 'f32', shape, content };
  });
}

/** One rank for most modules, the others by their full names; alpha is the rank. */
function plainConfig(
  { file, baseModel, dropout, saved, tokenRows, loraBias }: PeftConfig,
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
    ...(tokenRows && { tokenRows }),
    ...(loraBias && { loraBias }),
  };
}

// The tensors of a base with an adapter merged in, one after another and some rows at a time: no model is loaded, and
// memory holds a block of one weight beside the adapter's matrices of it.
import type { ModelFolder } from '../../model/folder';
import { valuesOf } from '../../model/layout';
import { readTensor, rowsOf } from '../../model/readTensor';
import type { DType, TensorSource, WeightSource } from '../../shared/engineTypes';
import { asFailure } from '../engineFailure';
import { loadAddon } from '../loadAddon';
import type { AdapterModule } from '../addon';
import { readAdapterModules } from '../openModel';
import { findAdapterTensors, type AdapterTensor } from '../peftTensors';
import { readUpdate, type WeightUpdate } from './weightUpdate';

export interface MergedTensor {
  /** Hugging Face's. */
  name: string;
  /** Of the base's file; of a matrix in 4 bits, that of the embeddings. */
  dtype: DType;
  shape: number[];
  /** Where it lies; undefined for one that is computed. */
  source: TensorSource | undefined;
  /** Its rows in order, in blocks of whole multiples of `multiple` rows. */
  blocks: (multiple?: number) => AsyncIterable<Float32Array>;
}

export interface Merging {
  base: ModelFolder;
  /** PEFT adapter of that model; undefined: the base as it is. */
  adapter: string | undefined;
  threads: number;
}

/** About as many values as a block holds. */
const blockValues = 256 * 1024;

/** In the order of the model's layers, as transformers has them. */
export function mergedTensors({ base, adapter, threads }: Merging): {
  tensors: MergedTensor[];
  modules: AdapterModule[];
  /** Of the adapter, by engine parameter. */
  found: Map<string, AdapterTensor>;
} {
  const parts =
    adapter === undefined ? { modules: [], trainedTensors: [] } : readAdapterModules(adapter, base);
  const { modules } = parts;
  const found =
    adapter === undefined
      ? new Map<string, AdapterTensor>()
      : findAdapterTensors(adapter, parts, base);
  const moduleOf = new Map(modules.map((module) => [`${module.name}.weight`, module]));
  const tensors = inStateOrder(Object.keys(base.tensors)).map((name): MergedTensor => {
    const source = base.tensors[name];
    if (source === undefined) throw new Error(`${name} has no source`);
    const { shape } = source;
    const module = moduleOf.get(name);
    const own = found.get(name)?.source;
    if (own !== undefined && source.dtype !== 'nf4') {
      // Held by the adapter itself.
      const blocks: MergedTensor['blocks'] = (multiple) => blocksOf(own, multiple);
      return { name, dtype: source.dtype, shape, source: undefined, blocks };
    }
    if (module === undefined && source.dtype !== 'nf4') {
      const blocks: MergedTensor['blocks'] = (multiple) => blocksOf(source, multiple);
      return { name, dtype: source.dtype, shape, source, blocks };
    }
    const blocks = async function* (multiple?: number): AsyncGenerator<Float32Array> {
      const update =
        module === undefined ? noUpdate : await readUpdate(module, found, { in: shape[1] ?? 0 });
      yield* mergedBlocks(source, update, { threads, multiple });
    };
    const dtype = source.dtype === 'nf4' ? plainDType(base) : source.dtype;
    return { name, dtype, shape, source: undefined, blocks };
  });
  return { tensors, modules, found };
}

/** What the matrix itself holds, without an adapter. */
const noUpdate: WeightUpdate = {
  ...{ rank: 0, scale: 0, a: new Float32Array(), b: new Float32Array(), magnitude: undefined },
};

/** Of weights that are not quantised: the embeddings never are. */
export function plainDType({ tensors }: ModelFolder): DType {
  const dtype = tensors['model.embed_tokens.weight']?.dtype;
  return dtype === undefined || dtype === 'nf4' ? 'f32' : dtype;
}

async function* blocksOf(source: TensorSource, multiple = 1): AsyncGenerator<Float32Array> {
  for (const { first, count } of blocksOfRows(source.shape, multiple))
    yield await readTensor(rowsOf(source, first, count));
}

async function* mergedBlocks(
  weight: WeightSource,
  { rank, scale, a, b, magnitude }: WeightUpdate,
  { threads, multiple = 1 }: { threads: number; multiple?: number | undefined },
): AsyncGenerator<Float32Array> {
  const addon = loadAddon();
  for (const { first, count } of blocksOfRows(weight.shape, multiple)) {
    const rows = {
      ...{ weight, firstRow: first, rows: count, rank, scale, a, threads },
      b: b.subarray(first * rank, (first + count) * rank),
      ...(magnitude && { magnitude: magnitude.subarray(first, first + count) }),
    };
    try {
      yield await addon.mergeRows(rows);
    } catch (error) {
      throw asFailure(error);
    }
  }
}

function* blocksOfRows(
  [rows = 0, ...inner]: readonly number[],
  multiple: number,
): Generator<{ first: number; count: number }> {
  const rowValues = valuesOf(inner);
  const wanted = Math.max(1, Math.floor(blockValues / rowValues / multiple)) * multiple;
  for (let first = 0; first < rows; first += wanted)
    yield { first, count: Math.min(wanted, rows - first) };
}

/** transformers' order, by which it cuts a model into files: by the parts of a name, numbers by their value. */
function inStateOrder(names: readonly string[]): string[] {
  const parts = names.map((name) => ({ name, parts: name.split('.') }));
  parts.sort(({ parts: a }, { parts: b }) => compareParts(a, b));
  return parts.map(({ name }) => name);
}

function compareParts(a: readonly string[], b: readonly string[]): number {
  const different = a.findIndex((part, i) => part !== b[i]);
  if (different < 0) return 0;
  const [ours, theirs] = [a[different] ?? '', b[different] ?? ''];
  const apart = Number(ours) - Number(theirs);
  if (!Number.isNaN(apart)) return apart;
  return ours < theirs ? -1 : 1;
}

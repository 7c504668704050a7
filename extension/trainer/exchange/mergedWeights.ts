// The tensors of a base with an adapter merged in, one after another and some rows at a time: no model is loaded, and
// memory holds a block of one weight beside the adapter's matrices of it.
import { expectedTensors } from '../../model/architecture';
import type { ModelFolder } from '../../model/folder';
import { valuesOf } from '../../model/layout';
import type { DType, TensorSource } from '../../shared/engineTypes';
import type { AdapterModule } from '../addon';
import { readAdapterModules } from '../openModel';
import { findAdapterTensors, type AdapterTensor } from '../peftTensors';
import { blocksOf, mergedBlocks } from './mergedBlocks';
import { noUpdate, readUpdate } from './weightUpdate';

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

/** In the order of the model's layers, as transformers has them. */
export function mergedTensors({ base: given, adapter, threads }: Merging): {
  /** As the adapter sees it: with a head of its own where that is no longer the embeddings. */
  base: ModelFolder;
  tensors: MergedTensor[];
  modules: AdapterModule[];
  /** Of the adapter, by engine parameter. */
  found: Map<string, AdapterTensor>;
} {
  const parts =
    adapter === undefined
      ? { base: given, modules: [], tables: [], trainedTensors: [] }
      : readAdapterModules(adapter, given);
  const { base, modules } = parts;
  const found =
    adapter === undefined
      ? new Map<string, AdapterTensor>()
      : findAdapterTensors(adapter, parts, base);
  const moduleOf = new Map(modules.map((module) => [`${module.name}.weight`, module]));
  const absent = absentBiases(base);
  const names = [...Object.keys(base.tensors), ...absent.keys()];
  const tensors = inStateOrder(names).map((name): MergedTensor => {
    const size = absent.get(name);
    if (size !== undefined) {
      const place = { name, shape: size, dtype: plainDType(base), source: undefined };
      return { ...place, blocks: () => zeros(size) };
    }
    const source = base.tensors[name];
    if (source === undefined) throw new Error(`${name} has no source`);
    const { shape } = source;
    const module = moduleOf.get(name);
    const dtype = source.dtype === 'nf4' ? plainDType(base) : source.dtype;
    const own = ownBlocks(found.get(name));
    // Held by the adapter itself.
    if (own !== undefined) return { name, dtype, shape, source: undefined, blocks: own };
    if (module === undefined && source.dtype !== 'nf4') {
      const blocks: MergedTensor['blocks'] = (multiple) => blocksOf(source, multiple);
      return { name, dtype: source.dtype, shape, source, blocks };
    }
    const blocks = async function* (multiple?: number): AsyncGenerator<Float32Array> {
      const update =
        module === undefined ? noUpdate : await readUpdate(module, found, { in: shape[1] ?? 0 });
      yield* mergedBlocks(source, update, { threads, multiple });
    };
    return { name, dtype, shape, source: undefined, blocks };
  });
  return { base, tensors, modules: [...modules, ...parts.tables], found };
}

/** Biases that a configuration promises beside those that an adapter brought to some modules. */
function absentBiases({ config, tensors }: ModelFolder): Map<string, number[]> {
  const absent = expectedTensors(config).filter(({ name }) => !(name in tensors));
  return new Map(absent.map(({ name, shape }) => [name, shape]));
}

async function* zeros(shape: readonly number[]): AsyncGenerator<Float32Array> {
  yield await Promise.resolve(new Float32Array(valuesOf(shape)));
}

function ownBlocks(tensor: AdapterTensor | undefined): MergedTensor['blocks'] | undefined {
  const source = tensor?.source;
  return source === undefined ? tensor?.blocks : (multiple) => blocksOf(source, multiple);
}

/** Of weights that are not quantised: the embeddings never are. */
export function plainDType({ tensors }: ModelFolder): DType {
  const dtype = tensors['model.embed_tokens.weight']?.dtype;
  return dtype === undefined || dtype === 'nf4' ? 'f32' : dtype;
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

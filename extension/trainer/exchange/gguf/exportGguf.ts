// A model, merged or as it is, and a LoRA adapter as GGUF files that llama.cpp loads.
import type { ModelFolder } from '../../../model/folder';
import { biasSettings } from '../../../model/ownBiases';
import { Failure } from '../../../shared/failures';
import type { AdapterModule } from '../../addon';
import { readAdapterModules } from '../../openModel';
import { findAdapterTensors, type AdapterTensor } from '../../peftTensors';
import { mergedTensors, type MergedTensor, type Merging } from '../mergedWeights';
import { readUpdate, type WeightUpdate } from '../weightUpdate';
import { bytesOf, fitsRows, type GgmlType } from './ggmlTypes';
import { writeGguf, type GgufField, type GgufTensor } from './ggufFile';
import { isReordered, reorderHeads } from './headOrder';
import { generalFields, modelFields, refuseUnknown, ropeFactors } from './modelFields';
import { ggufName } from './tensorNames';
import { tokenizerFields } from './tokenizerFields';

export interface WrittenGguf {
  tensors: number;
  sizeBytes: number;
}

export interface GgufOptions {
  /** Of matrices; vectors are f32. A row that no whole number of q8_0's blocks fills is f16. */
  type: GgmlType;
  onBytes?: (written: number, total: number) => void;
}

export async function exportModelGguf(
  file: string,
  merging: Merging,
  { type, onBytes }: GgufOptions,
): Promise<WrittenGguf> {
  const { base } = merging;
  refuseUnknown(base);
  const fields = [...generalFields(base, 'model', type), ...modelFields(base)];
  fields.push(...tokenizerFields(base));
  const { tensors, base: merged } = mergedTensors(merging);
  const { family, biases, architecture } = merged.config;
  const isRun =
    family === 'llama' || family === 'mistral' || biasSettings(merged.config) !== undefined;
  if (!isRun || (family === 'qwen3' && biases.queryKeyValue)) {
    const problem = `it adds biases ("lora_bias") that llama.cpp does not run for ${architecture}; use it as an adapter`;
    throw new Failure('export-impossible', { adapter: merging.adapter ?? base.path, problem });
  }
  const all = [...tensors.map((tensor) => asGguf(tensor, base, type)), ...ropeTensor(base)];
  return write(file, { fields, tensors: all, onBytes });
}

function asGguf(
  { name, shape, blocks }: MergedTensor,
  base: ModelFolder,
  type: GgmlType,
): GgufTensor {
  const { headDim } = base.shape;
  const [, rowValues = 1] = shape;
  const named = { name: ggufName(name), shape, type: typeOf(shape, type) };
  if (!isReordered(name, base.config)) return { ...named, blocks: () => blocks() };
  const reordered = async function* (): AsyncGenerator<Float32Array> {
    for await (const block of blocks(headDim)) yield reorderHeads(block, rowValues, headDim);
  };
  return { ...named, blocks: reordered };
}

function typeOf(shape: readonly number[], wanted: GgmlType): GgmlType {
  const [, rowValues] = shape;
  if (rowValues === undefined) return 'f32';
  return fitsRows(wanted, rowValues) ? wanted : 'f16';
}

function ropeTensor(base: ModelFolder): GgufTensor[] {
  const factors = ropeFactors(base);
  if (factors === undefined) return [];
  return [
    {
      name: 'rope_freqs.weight',
      shape: [factors.length],
      type: 'f32',
      blocks: () => onlyBlock(() => Promise.resolve(factors)),
    },
  ];
}

/** Refused for what is no plain low-rank update: it has to be merged. */
export async function exportAdapterGguf(
  file: string,
  { base, adapter }: { base: ModelFolder; adapter: string },
  { type, onBytes }: GgufOptions,
): Promise<WrittenGguf> {
  const parts = readAdapterModules(adapter, base);
  const { config, modules, trainedTensors, tables } = parts;
  if (tables[0] !== undefined) {
    const problem = `it has an update of ${tables[0].name}, which llama.cpp would compute otherwise; export the merged model (--format gguf) instead`;
    throw new Failure('export-impossible', { adapter, problem });
  }
  if (trainedTensors.length > 0) {
    const problem = `it holds ${trainedTensors[0] ?? ''} of the model itself, which a GGUF adapter has no place for; export the merged model (--format gguf) instead`;
    throw new Failure('export-impossible', { adapter, problem });
  }
  if (modules.some(({ magnitude }) => magnitude)) {
    const problem =
      'its method has magnitudes (DoRA), which a GGUF adapter has no place for; export the merged model (--format gguf) instead';
    throw new Failure('export-impossible', { adapter, problem });
  }
  const found = findAdapterTensors(adapter, parts, base);
  const adapted = modules.filter(({ rank }) => rank > 0);
  const alpha = config.rslora ? config.alpha * Math.sqrt(config.rank) : config.alpha;
  const tensors = adapted.flatMap((module) => loraTensors(module, found, { base, alpha, type }));
  const fields: GgufField[] = [
    ...generalFields(base, 'adapter', type),
    { key: 'adapter.type', type: 'text', value: 'lora' },
    { key: 'adapter.lora.alpha', type: 'f32', value: alpha },
  ];
  return write(file, { fields, tensors, onBytes });
}

/** llama.cpp scales every module by alpha / rank with one alpha; whatever else a module asks for goes into its B. */
function loraTensors(
  module: AdapterModule,
  found: ReadonlyMap<string, AdapterTensor>,
  { base, alpha, type }: { base: ModelFolder; alpha: number; type: GgmlType },
): GgufTensor[] {
  const { name: moduleName, rank, scale } = module;
  const linear = base.linears.find((one) => one.name === moduleName);
  if (linear === undefined) throw new Error(`${moduleName} is no linear module`);
  const name = ggufName(`${moduleName}.weight`);
  const factor = (scale * rank) / alpha;
  const read = (): Promise<WeightUpdate> => readUpdate(module, found, linear);
  const readA = async (): Promise<Float32Array> => (await read()).a;
  const readB = async (): Promise<Float32Array> => {
    const values = (await read()).b.map((value) => value * factor);
    const turned = isReordered(moduleName, base.config);
    return turned ? reorderHeads(values, rank, base.shape.headDim) : values;
  };
  const [a, b] = [
    [rank, linear.in],
    [linear.out, rank],
  ];
  return [
    { name: `${name}.lora_a`, shape: a, type: typeOf(a, type), blocks: () => onlyBlock(readA) },
    { name: `${name}.lora_b`, shape: b, type: typeOf(b, type), blocks: () => onlyBlock(readB) },
  ];
}

async function* onlyBlock(read: () => Promise<Float32Array>): AsyncGenerator<Float32Array> {
  yield await read();
}

interface Content {
  fields: GgufField[];
  tensors: GgufTensor[];
  onBytes: GgufOptions['onBytes'];
}

async function write(file: string, { fields, tensors, onBytes }: Content): Promise<WrittenGguf> {
  const total = tensors.reduce((sum, { type, shape }) => sum + bytesOf(type, shape), 0);
  let done = 0;
  const { sizeBytes } = await writeGguf(file, fields, tensors, (bytes) => {
    done += bytes;
    onBytes?.(done, total);
  });
  return { tensors: tensors.length, sizeBytes };
}

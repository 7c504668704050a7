// adapter_model.safetensors of a PEFT adapter. What is missing, unexpected, of another shape or not a number
// is refused by name: PEFT itself would drop it with a warning.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TensorSource } from '../shared/engineTypes';
import { Failure } from '../shared/failures';
import type { LinearModule } from '../model/architecture';
import type { ModelFolder } from '../model/folder';
import { readTensor, sourceOf } from '../model/readTensor';
import { readHeader, type SafetensorsHeader } from '../model/safetensorsHeader';
import { adapterFiles, peftFiles } from '../runs/adapterFolder';
import type { AdapterModule } from './addon';
import { biasTensor, foldedBias, type BiasUpdate } from './biasUpdates';
import { withoutNothing } from './magnitudeOnly';
import { cutShared, findSharedMatrices } from './vera/findSharedMatrices';
import { sharedNames, sharedSize } from './vera/sharedMatrices';
import { savedKeys } from './savedTensors';
import { rowsTensor, tableWithRows, type TokenRows } from './tokenRows';
import { tableBlocks, tableLinear, tableTensors, tieTables, wholeTable } from './tableUpdates';

export const peftPrefix = 'base_model.model.';
const magnitude = 'lora_magnitude_vector';

/** Engine parameter name to its values. */
export type AdapterValues = Map<string, Float32Array>;

/** A parameter of the engine as an adapter's file has it. */
export interface AdapterTensor {
  file: string;
  /** As the file names it. */
  key: string;
  /** Where it lies, if it is one tensor of the file. */
  source?: TensorSource;
  /** Of an adapted table: what its update is made of. */
  parts?: ReadonlyMap<string, AdapterTensor>;
  /** Its rows, if they are computed. */
  blocks?: (multiple?: number) => AsyncIterable<Float32Array>;
  read: () => Promise<Float32Array>;
}

/** What an adapter trains. */
export interface AdapterParts {
  modules: AdapterModule[];
  /** Embeddings and head with updates, which are folded into tables among the trained tensors. */
  tables?: AdapterModule[];
  /** PEFT reads one update for both: the head's, the last in the file. */
  areTablesTied?: boolean;
  /** Of embeddings and head, folded as well. */
  rows?: TokenRows[];
  /** Of LoRA's B, folded into biases. */
  biases?: BiasUpdate[];
  /** Of the base. */
  trainedTensors: string[];
}

/** Tensors of the base that an adapter has for itself but not as such in its file. */
export function foldedTensors({ tables = [], rows = [], biases = [] }: AdapterParts): Set<string> {
  const newBiases = biases.filter(({ below }) => below !== 'adapter');
  return new Set([
    ...[...tables, ...rows].map(({ name }) => `${name}.weight`),
    ...newBiases.map(({ module }) => `${module.name}.bias`),
  ]);
}

export interface ReadAdapter {
  /** Those that were asked for; rank 0 where the file holds a magnitude alone. */
  modules: AdapterModule[];
  values: AdapterValues;
}

/** The values of the parts, exactly those. */
export async function readAdapterValues(
  folder: string,
  parts: AdapterParts,
  model: ModelFolder,
): Promise<ReadAdapter> {
  const values: AdapterValues = new Map();
  for (const [name, tensor] of findAdapterTensors(folder, parts, model)) {
    const read = await readFiniteTensor(tensor);
    // AdaLoRA's modules without a triplet have nothing that the engine would hold.
    if (read.length > 0) values.set(name, read);
  }
  return { modules: parts.modules.map((module) => withoutNothing(module, values)), values };
}

/** Where the values of the parts lie, exactly those, by engine parameter; nothing but the header is read. */
export function findAdapterTensors(
  folder: string,
  parts: AdapterParts,
  model: ModelFolder,
): Map<string, AdapterTensor> {
  refusePickled(folder);
  const { modules, tables = [], rows = [], biases = [] } = parts;
  const header = readHeader(adapterFiles(folder).tensors);
  const stored = storedNames(header);
  const linears = [...model.linears, ...tables.map(({ name }) => tableLinear(name, model))];
  const all = [...modules, ...tables];
  const tensors = findSharedMatrices(folder, { header, stored, modules: all, linears, model });
  const missing: string[] = [];
  const found = { header, stored, missing, shared: new Map(tensors) };
  for (const part of expectedParameters(parts, model)) {
    for (const copy of part.also ?? []) stored.delete(copy);
    const tensor = take(part, found);
    if (tensor) tensors.set(part.name, tensor);
  }
  for (const one of rows) {
    const tensor = take(rowsTensor(one, model), found);
    if (tensor) tensors.set(`${one.name}.weight`, tableWithRows(one, tensor, model));
  }
  for (const one of biases) {
    const update = take(biasTensor(one.module, model), found);
    const name = `${one.module.name}.bias`;
    if (update) tensors.set(name, foldedBias(one, { update, own: tensors.get(name) }, model));
  }
  const folded = tables.map((table) => ({ table, parts: partsOfTable(table, model, found) }));
  if (parts.areTablesTied) tieTables(folded.map((one) => one.parts));
  for (const { table, parts: own } of folded)
    tensors.set(`${table.name}.weight`, foldedTable(table, model, { header, parts: own }));
  // The engine has shared matrices of the modules alone.
  const size = sharedSize(modules, model.linears);
  if (size === undefined) for (const name of sharedNames) tensors.delete(name);
  else if (tables.length > 0)
    for (const [name, tensor] of cutShared(found.shared, size)) tensors.set(name, tensor);
  const [unexpected] = stored.keys();
  if (unexpected !== undefined) throw refuseUnexpected(header.file, stored, modules);
  if (missing[0] !== undefined) {
    const tensor = peftPrefix + missing[0];
    throw new Failure('adapter-missing', { file: header.file, tensor, others: missing.length - 1 });
  }
  return tensors;
}

/** Older versions of PEFT saved programs that make tensors, which nobody should run to read them. */
function refusePickled(folder: string): void {
  const file = join(folder, 'adapter_model.bin');
  if (existsSync(adapterFiles(folder).tensors) || !existsSync(file)) return;
  const problem = `it is pickled; load it in PEFT once and save it, which writes ${peftFiles.tensors}`;
  throw new Failure('file-unreadable', { file, what: 'the adapter', problem });
}

/** Engine parameter name to the name in the file; magnitudes are found with and without `.weight`. */
function storedNames(header: SafetensorsHeader): Map<string, string> {
  const names = new Map<string, string>();
  for (const key of header.tensors.keys()) {
    const name = key.startsWith(peftPrefix) ? key.slice(peftPrefix.length) : key;
    const isMagnitude = name.endsWith(`${magnitude}.weight`);
    const plain = isMagnitude ? name.slice(0, -'.weight'.length) : name;
    names.set(plain.replace(/\.base_layer\.bias$/, '.bias'), key);
  }
  return names;
}

/** PEFT saves what lies under the update of a table beside it. */
export const underTable = 'base_layer.weight';

/** What the file has of an adapted table. */
function partsOfTable(
  module: AdapterModule,
  model: ModelFolder,
  found: FoundKeys,
): Map<string, AdapterTensor> {
  const parts = new Map(found.shared);
  const shape = model.tensors[`${module.name}.weight`]?.shape ?? [];
  const under = { name: `${module.name}.${underTable}`, shape };
  for (const part of [...tableTensors(module, model), under]) {
    if (part.name === under.name && !found.stored.has(part.name)) continue;
    const tensor = take(part, found);
    if (tensor) parts.set(part.name, tensor);
  }
  return parts;
}

function take(
  { name, shape }: ModuleTensor,
  { header, stored, missing }: FoundKeys,
): AdapterTensor | undefined {
  const key = stored.get(name);
  stored.delete(name);
  if (key !== undefined) return storedTensor(header, key, shape);
  missing.push(name);
  return undefined;
}

/** The table with its update. */
function foldedTable(
  module: AdapterModule,
  model: ModelFolder,
  { header, parts }: { header: SafetensorsHeader; parts: ReadonlyMap<string, AdapterTensor> },
): AdapterTensor {
  const { name } = module;
  const table = parts.get(`${name}.${underTable}`)?.source ?? model.tensors[`${name}.weight`];
  if (table === undefined) throw new Error(`${name} has no weight`);
  const blocks = tableBlocks(module, table, parts);
  const read = (): Promise<Float32Array> => wholeTable(blocks, table);
  return { file: header.file, key: `${peftPrefix}${name}`, parts, blocks, read };
}

interface FoundKeys {
  header: SafetensorsHeader;
  /** What is found is taken out. */
  stored: Map<string, string>;
  /** What is not is added. */
  missing: string[];
  /** VeRA's. */
  shared: ReadonlyMap<string, AdapterTensor>;
}

interface ExpectedParameter {
  name: string;
  shape: number[];
  /** Names of copies that a file may have. */
  also?: string[];
}

function expectedParameters(parts: AdapterParts, model: ModelFolder): ExpectedParameter[] {
  const { modules, trainedTensors } = parts;
  const folded = foldedTensors(parts);
  const linearOf = new Map(model.linears.map((linear) => [linear.name, linear]));
  const whole = trainedTensors.filter((name) => !folded.has(name));
  const saved = whole.map((name): ExpectedParameter => {
    const [, ...also] = savedKeys(name, model, modules);
    return { name, shape: model.tensors[name]?.shape ?? [], also };
  });
  const adapted = modules.flatMap((module) => {
    const linear = linearOf.get(module.name);
    if (linear === undefined) throw new Error(`${module.name} is no linear module`);
    return moduleTensors(module, linear);
  });
  return [...adapted, ...saved];
}

export interface ModuleTensor {
  /** Of the engine's parameter. */
  name: string;
  shape: number[];
}

/** What an adapter's file holds of a module. One with a magnitude alone has an A and a B of rank 1, which are zero. */
export function moduleTensors(
  { name, kind, rank, magnitude: hasMagnitude }: AdapterModule,
  { in: columns, out }: LinearModule,
): ModuleTensor[] {
  const rows = hasMagnitude ? [{ name: `${name}.${magnitude}`, shape: [out] }] : [];
  switch (kind) {
    case 'vera':
      return [
        { name: `${name}.vera_lambda_b`, shape: [out] },
        { name: `${name}.vera_lambda_d`, shape: [rank] },
        ...rows,
      ];
    case 'adalora':
      return [
        { name: `${name}.lora_A`, shape: [rank, columns] },
        { name: `${name}.lora_E`, shape: [rank, 1] },
        { name: `${name}.lora_B`, shape: [out, rank] },
      ];
    case 'lora':
      return [
        { name: `${name}.lora_A.weight`, shape: [rank || 1, columns] },
        { name: `${name}.lora_B.weight`, shape: [out, rank || 1] },
        ...rows,
      ];
  }
}

/** Refused when its shape is another one. */
export function storedTensor(
  header: SafetensorsHeader,
  key: string,
  shape: number[],
): AdapterTensor {
  const source = checkedSource(header, key, shape);
  return { file: header.file, key, source, read: () => readTensor(source) };
}

function checkedSource(header: SafetensorsHeader, key: string, shape: number[]): TensorSource {
  const source = sourceOf(header, key);
  if (source === undefined) throw new Error(`${key} was listed but has no source`);
  if (source.shape.join() === shape.join()) return source;
  const found = source.shape.join(', ');
  const problem = `has the shape [${found}], but the model and the rank ask for [${shape.join(', ')}]`;
  throw new Failure('adapter-tensor', { file: header.file, tensor: key, problem });
}

/** Refused when a value is not a number. */
export async function readFiniteTensor({ file, key, read }: AdapterTensor): Promise<Float32Array> {
  const values = await read();
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return values;
  const problem = `has ${String(values[wrong])} at position ${wrong}`;
  throw new Failure('adapter-tensor', { file, tensor: key, problem });
}

function refuseUnexpected(
  file: string,
  unexpected: Map<string, string>,
  modules: AdapterModule[],
): Failure {
  const [name, tensor] = [...unexpected][0] ?? ['', ''];
  const problem =
    name.endsWith(magnitude) && modules.some((module) => !module.magnitude)
      ? 'it is a DoRA magnitude, but "use_dora" is false'
      : 'no module of this adapter and model takes it';
  return new Failure('adapter-unexpected', { file, tensor, others: unexpected.size - 1, problem });
}

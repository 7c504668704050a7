// Opens a model folder in the engine, with a PEFT adapter if one is given.
import { readTokenizer, type TokenizerFolder } from '../model/tokenizer';
import { readModelFolder, type ModelFolder } from '../model/folder';
import { nameOfValue } from '../model/jsonFile';
import { withBiases } from '../model/ownBiases';
import { withOwnHead } from '../model/ownHead';
import { Failure } from '../shared/failures';
import type { AdapterModule, Engine, EngineSpec } from './addon';
import { biasUpdates, type BiasUpdate } from './biasUpdates';
import { asFailure } from './engineFailure';
import { engineAddon, type DeviceWish } from './devices/chooseDevice';
import { loadAddon } from './loadAddon';
import { adapterModules } from './lowRank';
import type { Quantization } from '../shared/engineTypes';
import { readPeftConfig, type PeftConfig } from './peftConfig';
import { nothingSaved, savedTensors, takesHeadApart } from './savedTensors';
import { adaptedTables, tableWeights } from './tableUpdates';
import { foldedTensors, readAdapterValues, type AdapterValues } from './peftTensors';
import { tokenRowsOf, type TokenRows } from './tokenRows';
import { adapterQuantization } from './quantized/adapterQuantization';
import { quantizedBase, type QuantizingOptions } from './quantized/quantizedBase';

/** A PEFT adapter folder, read and checked against a model. */
export interface AdapterFolder {
  path: string;
  config: PeftConfig;
  /** The model as the adapter sees it: with a head of its own where that is no longer the embeddings. */
  base: ModelFolder;
  modules: AdapterModule[];
  /** Embeddings and head with updates, which are folded into tables among the trained tensors. */
  tables: AdapterModule[];
  areTablesTied: boolean;
  /** Of embeddings and head, folded into tables as well. */
  rows: TokenRows[];
  /** Of LoRA's B, folded into biases. */
  biases: BiasUpdate[];
  /** Of the base, which the adapter holds itself. */
  trainedTensors: string[];
  values: AdapterValues;
  /** Of the base that it was trained on; undefined where that is not told. */
  quantization: Quantization | undefined;
}

/** Without its values. */
export type ReadModules = Omit<AdapterFolder, 'path' | 'values' | 'quantization'>;

export interface OpenedModel {
  engine: Engine;
  /** Its linear modules quantised, if they are in the engine. */
  folder: ModelFolder;
  tokenizer: TokenizerFolder;
  adapter: AdapterFolder | undefined;
}

/** The model itself, its linear modules' weights quantised or as the folder has them. */
export type EngineBase = Pick<EngineSpec, 'shape' | 'tensors'>;

/** What a caller may want of the engine beyond it. */
export type EngineOptions = Partial<Omit<EngineSpec, 'shape' | 'tensors'>> & {
  /** The processor when left out. */
  device?: DeviceWish | undefined;
};

export interface OpeningOptions extends QuantizingOptions {
  adapterPath?: string | undefined;
  /** What the base is quantised to; as the adapter was trained when left out. */
  quantize?: Quantization | 'none' | undefined;
  /** The processor when left out. */
  device?: DeviceWish | undefined;
}

/** For inference: loss, generation, slopes, merging. */
export async function openModel(path: string, options: OpeningOptions = {}): Promise<OpenedModel> {
  const { adapterPath, threads = 0, device } = options;
  const plain = readModelFolder(path);
  const tokenizer = openTokenizer(plain);
  const adapter = adapterPath === undefined ? undefined : await readAdapter(adapterPath, plain);
  const folder = await baseFor(adapter?.base ?? plain, adapter?.quantization, options);
  const { modules: adapters = [], trainedTensors = [] } = adapter ?? {};
  const engine = await openEngine(folder, { adapters, trainedTensors, threads, device });
  if (adapter) await writeValues(engine, adapter.values);
  return { engine, folder, tokenizer, adapter };
}

/** The base as it is asked for, or else as the adapter was trained. */
export async function baseFor(
  folder: ModelFolder,
  trained: Quantization | undefined,
  { quantize, ...options }: Pick<OpeningOptions, 'quantize' | 'threads' | 'note'>,
): Promise<ModelFolder> {
  const quantization = quantize ?? trained;
  if (quantization === undefined || quantization === 'none') return folder;
  return quantizedBase(folder, quantization, options);
}

export function openTokenizer({
  path,
  config,
}: Pick<ModelFolder, 'path' | 'config'>): TokenizerFolder {
  return readTokenizer(path, config.shape.vocabulary, config.endTokens);
}

export async function readAdapter(path: string, folder: ModelFolder): Promise<AdapterFolder> {
  const found = readAdapterModules(path, folder);
  const read = await readAdapterValues(path, found, found.base);
  return { path, ...found, ...read, quantization: adapterQuantization(path) };
}

/** What a PEFT adapter adapts and trains, checked against a model; no tensor is read. */
export function readAdapterModules(path: string, folder: ModelFolder): ReadModules {
  const config = readPeftConfig(path);
  const { file, saved = nothingSaved } = config;
  const modules = adapterModules(config, folder, () => ({ file }));
  const tables = adaptedTables(config, folder);
  const areApart = tables.length > 0 || takesHeadApart(saved);
  const whole = savedTensors(saved, areApart ? withOwnHead(folder) : folder, {
    ...{ adapted: modules, file },
  });
  const others = [...whole, ...tableWeights(tables)];
  const { rows, areApart: areRowsApart } = tokenRowsOf(config, folder, others);
  const biases = biasUpdates(config, { modules, tables }, { base: folder, saved: whole });
  const base = withBiases(
    areApart || areRowsApart ? withOwnHead(folder) : folder,
    biases.map(({ module }) => module.name),
  );
  const parts = { modules, tables, rows, biases, trainedTensors: whole };
  const own = new Set([...whole, ...foldedTensors(parts)]);
  const trainedTensors = Object.keys(base.tensors).filter((name) => own.has(name));
  if (modules.length + tables.length === 0) throw nothingAdapted(config);
  const areTablesTied = saved.tied && folder.shape.tiedHead;
  return { config, base, ...parts, areTablesTied, trainedTensors };
}

function nothingAdapted({ file, targets }: PeftConfig): Failure {
  const reason = 'it fits no module of the model';
  const value = nameOfValue(targets);
  return new Failure('adapter-unsupported', { file, field: 'target_modules', value, reason });
}

export async function openEngine(
  folder: EngineBase,
  { device, ...options }: EngineOptions,
): Promise<Engine> {
  const spec: EngineSpec = {
    shape: folder.shape,
    tensors: folder.tensors,
    adapters: [],
    trainedTensors: [],
    training: false,
    activationCheckpointing: false,
    keepsStored: false,
    detachNorm: true,
    eightBitMoments: false,
    averages: false,
    init: 'default',
    seed: 0,
    threads: 0,
    reserve: { all: 0, saved: 0, scratch: 0 },
    ...options,
  };
  try {
    const addon = device === undefined ? loadAddon() : engineAddon(device);
    return await addon.load(spec);
  } catch (error) {
    throw asFailure(error);
  }
}

export async function writeValues(engine: Engine, values: AdapterValues): Promise<void> {
  for (const [name, data] of values) await engine.write('value', name, data);
}

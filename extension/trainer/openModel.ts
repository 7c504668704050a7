// Opens a model folder in the engine, with a PEFT adapter if one is given.
import { readTokenizer, type TokenizerFolder } from '../model/tokenizer';
import { readModelFolder, type ModelFolder } from '../model/folder';
import type { AdapterModule, Engine, EngineSpec } from './addon';
import { asFailure } from './engineFailure';
import { loadAddon } from './loadAddon';
import { adapterModules } from './lowRank';
import { readPeftConfig, type PeftConfig } from './peftConfig';
import { readAdapterValues, type AdapterValues } from './peftTensors';

/** A PEFT adapter folder, read and checked against a model. */
export interface AdapterFolder {
  path: string;
  config: PeftConfig;
  modules: AdapterModule[];
  values: AdapterValues;
}

export interface OpenedModel {
  engine: Engine;
  folder: ModelFolder;
  tokenizer: TokenizerFolder;
  adapter: AdapterFolder | undefined;
}

/** The model itself, its linear modules' weights quantised or as the folder has them. */
export type EngineBase = Pick<EngineSpec, 'shape' | 'tensors'>;

/** What a caller may want of the engine beyond it. */
export type EngineOptions = Partial<Omit<EngineSpec, 'shape' | 'tensors'>>;

/** For inference: loss, generation, slopes, merging. */
export async function openModel(
  path: string,
  { adapterPath, threads = 0 }: { adapterPath?: string; threads?: number } = {},
): Promise<OpenedModel> {
  const folder = readModelFolder(path);
  const tokenizer = openTokenizer(folder);
  const adapter = adapterPath === undefined ? undefined : await readAdapter(adapterPath, folder);
  const engine = await openEngine(folder, { adapters: adapter?.modules ?? [], threads });
  if (adapter) await writeValues(engine, adapter.values);
  return { engine, folder, tokenizer, adapter };
}

export function openTokenizer({
  path,
  config,
}: Pick<ModelFolder, 'path' | 'config'>): TokenizerFolder {
  return readTokenizer(path, config.shape.vocabulary, config.endTokens);
}

export async function readAdapter(path: string, folder: ModelFolder): Promise<AdapterFolder> {
  const { config, modules } = readAdapterModules(path, folder);
  return { path, config, modules, values: await readAdapterValues(path, modules, folder) };
}

/** What a PEFT adapter adapts, checked against a model; no tensor is read. */
export function readAdapterModules(
  path: string,
  folder: ModelFolder,
): Pick<AdapterFolder, 'config' | 'modules'> {
  const config = readPeftConfig(path);
  return { config, modules: adapterModules(config, folder, () => ({ file: config.file })) };
}

export async function openEngine(folder: EngineBase, options: EngineOptions): Promise<Engine> {
  const spec: EngineSpec = {
    shape: folder.shape,
    tensors: folder.tensors,
    adapters: [],
    trainedTensors: [],
    training: false,
    activationCheckpointing: false,
    detachNorm: true,
    seed: 0,
    threads: 0,
    ...options,
  };
  try {
    return await loadAddon().load(spec);
  } catch (error) {
    throw asFailure(error);
  }
}

export async function writeValues(engine: Engine, values: AdapterValues): Promise<void> {
  for (const [name, data] of values) await engine.write('value', name, data);
}

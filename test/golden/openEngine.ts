// Opens a golden model, with a golden adapter or trained tensors, in the real addon through the project's own readers.
import { copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readModelFolder, type ModelFolder } from '../../extension/model/folder';
import type { AdapterModule, Engine } from '../../extension/trainer/addon';
import {
  openEngine as openFolderInEngine,
  readAdapter,
  writeValues,
  type EngineBase,
} from '../../extension/trainer/openModel';
import { quantizedBase } from '../../extension/trainer/quantized/quantizedBase';
import type { Quantization } from '../../extension/shared/engineTypes';
import { golden } from './parityCase';

export interface Opening {
  model: string;
  /** A folder of adapters/, or null. */
  adapter: string | null;
  quantization?: Quantization;
  /** Parameters that train. Those of adapters, which always do, are passed over. */
  trained: string[];
  /** Fresh adapters instead of committed ones. */
  adapters?: AdapterModule[];
  training?: boolean;
  threads?: number;
  activationCheckpointing?: boolean;
  keepsStored?: boolean;
  detachNorm?: boolean;
  eightBitMoments?: boolean;
  averageDecay?: number;
}

/** Reads a copy of the model in which the older dialect is config.json; the weights outlive the copy. */
export async function inOlderDialect<T>(
  model: string,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const copy = mkdtempSync(join(tmpdir(), 'adapter-lab-golden-'));
  try {
    cpSync(join(golden, 'models', model), copy, { recursive: true });
    copyFileSync(join(copy, 'config.transformers4.json'), join(copy, 'config.json'));
    return await use(copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

export async function openEngine(opening: Opening): Promise<Engine> {
  return openFolder(join(golden, 'models', opening.model), opening);
}

/** `path` in place of the golden model's folder. */
export async function openFolder(path: string, opening: Omit<Opening, 'model'>): Promise<Engine> {
  const folder = readModelFolder(path);
  const committed = opening.adapter && join(golden, 'adapters', opening.adapter);
  const adapter = committed ? await readAdapter(committed, folder) : undefined;
  const { quantization } = opening;
  const base = quantization ? await quantizedInOwnCache(folder, quantization) : folder;
  const engine = await openFolderInEngine(base, {
    adapters: adapter?.modules ?? opening.adapters ?? [],
    trainedTensors: opening.trained.filter((name) => !/\.(lora|vera)_/.test(name)),
    training: opening.training ?? false,
    activationCheckpointing: opening.activationCheckpointing ?? false,
    keepsStored: opening.keepsStored ?? false,
    detachNorm: opening.detachNorm ?? true,
    eightBitMoments: opening.eightBitMoments ?? false,
    averages: opening.averageDecay !== undefined,
    threads: opening.threads ?? 2,
  });
  if (adapter) await writeValues(engine, adapter.values);
  return engine;
}

/** Goes with the run's temporary folder. */
const cache = join(tmpdir(), 'adapter-lab-golden-cache');

async function quantizedInOwnCache(
  folder: ModelFolder,
  quantization: Quantization,
): Promise<EngineBase> {
  process.env.ADAPTER_LAB_CACHE = cache;
  return quantizedBase(folder, quantization);
}

// Opens a golden model, with a golden adapter or trained tensors, in the real addon through the project's own readers.
import { copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readModelFolder, type ModelFolder } from '../../extension/model/folder';
import type { AdapterModule, Engine } from '../../extension/trainer/addon';
import { loadAddon } from '../../extension/trainer/loadAddon';
import { adapterModules } from '../../extension/trainer/lowRank';
import { readPeftConfig } from '../../extension/trainer/peftConfig';
import { readAdapterValues } from '../../extension/trainer/peftTensors';
import { golden } from './parityCase';

export interface Opening {
  model: string;
  /** A folder of adapters/, or null. */
  adapter: string | null;
  /** Parameters that train. Those of adapters, which always do, are passed over. */
  trained: string[];
  /** Fresh adapters instead of committed ones. */
  adapters?: AdapterModule[];
  training?: boolean;
  threads?: number;
  activationCheckpointing?: boolean;
}

export const olderDialect = 'config.transformers4.json';

/** Reads a copy of the model in which the older dialect is config.json; the weights are mapped and outlive the copy. */
export async function inOlderDialect<T>(
  model: string,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const copy = mkdtempSync(join(tmpdir(), 'adapter-lab-golden-'));
  try {
    cpSync(join(golden, 'models', model), copy, { recursive: true });
    copyFileSync(join(copy, olderDialect), join(copy, 'config.json'));
    return await use(copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function modulesOf(adapter: string, model: ModelFolder): AdapterModule[] {
  const file = join(adapter, 'adapter_config.json');
  return adapterModules(readPeftConfig(adapter), model, () => ({ file }));
}

export async function openEngine(opening: Opening): Promise<Engine> {
  return openFolder(join(golden, 'models', opening.model), opening);
}

/** `folder` in place of the golden model's. */
export async function openFolder(folder: string, opening: Omit<Opening, 'model'>): Promise<Engine> {
  const model = readModelFolder(folder);
  const adapter = opening.adapter === null ? undefined : join(golden, 'adapters', opening.adapter);
  const adapters = adapter === undefined ? (opening.adapters ?? []) : modulesOf(adapter, model);
  const engine = await loadAddon().load({
    shape: model.shape,
    tensors: model.tensors,
    adapters,
    trainedTensors: opening.trained.filter((name) => !name.includes('.lora_')),
    training: opening.training ?? false,
    activationCheckpointing: opening.activationCheckpointing ?? false,
    seed: 1,
    threads: opening.threads ?? 2,
  });
  if (adapter === undefined) return engine;
  const values = await readAdapterValues(adapter, adapters, model);
  for (const [name, data] of values) await engine.write('value', name, data);
  return engine;
}

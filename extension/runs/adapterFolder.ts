// Which files of a folder are an adapter: PEFT's, or the small ones of DVoRA, which PEFT does not have.
import { statSync } from 'node:fs';
import { join } from 'node:path';

export interface AdapterFiles {
  config: string;
  tensors: string;
}

export const peftFiles = {
  config: 'adapter_config.json',
  tensors: 'adapter_model.safetensors',
} as const;

/** In PEFT's form of VeRA, with magnitudes beside its vectors. */
export const dvoraFiles = { config: 'dvora_config.json', tensors: 'dvora.safetensors' } as const;

/** Of whatever folder holds an adapter. */
export const adapterConfigs: readonly string[] = [peftFiles.config, dvoraFiles.config];

/** Those that are read, by their paths; PEFT's where there are none. Checkpoints of older versions have both. */
export function adapterFiles(folder: string): AdapterFiles {
  const { config, tensors } = isDvoraFolder(folder) ? dvoraFiles : peftFiles;
  return { config: join(folder, config), tensors: join(folder, tensors) };
}

export function isDvoraFolder(folder: string): boolean {
  return isFile(join(folder, dvoraFiles.config));
}

export function isAdapterFolder(folder: string): boolean {
  return isFile(adapterFiles(folder).config);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

// The adapters of own_tables.json: as PEFT saves them, their values by a rule from the tensors' names.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeSafetensors } from '../headless/tinyModel';
import { readJson } from './parityCase';
import { valuesOf } from './randomAdapters';

export interface OwnTables {
  model: string;
  config: Record<string, unknown>;
  /** Of the tensors in PEFT's file. */
  shapes: Record<string, number[]>;
  logits: number[];
}

export const ownTables = readJson('own_tables.json') as OwnTables[];

export function writeOwnTables(folder: string, { config, shapes }: OwnTables): void {
  mkdirSync(folder);
  writeFileSync(join(folder, 'adapter_config.json'), JSON.stringify(config));
  const tensors = Object.entries(shapes).map(([key, shape]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return [key, { shape, values: valuesOf(key, count) }] as const;
  });
  writeFileSync(join(folder, 'adapter_model.safetensors'), encodeSafetensors(new Map(tensors)));
}

// Adapters of random configurations, filled by a rule that the generator follows too: what PEFT saved of them is known
// by a hash, what it computes with them by logits.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readModelFolder } from '../../extension/model/folder';
import { fillCheckpoint } from '../../extension/trainer/checkpoint';
import type { Engine } from '../../extension/trainer/addon';
import { openEngine, readAdapterModules } from '../../extension/trainer/openModel';
import { peftPrefix } from '../../extension/trainer/peftTensors';
import { golden, readJson } from './parityCase';
import { readArrays } from './tensorFile';

export interface RandomAdapter {
  model: string;
  /** Without what is null, false or empty. */
  config: Record<string, unknown>;
  /** Over names, shapes and bytes of all tensors. */
  tensors: string;
  /** Types of modules whose A and B are zero, so that they have a magnitude alone. */
  zero?: string[];
  /** The first of the last token's. */
  logits: number[];
}

export const { text, adapters } = readJson('random_adapters.json') as {
  text: number[];
  adapters: RandomAdapter[];
};

/** From the name's FNV-1a hash on, by steps of 2654435761, in -0.5 to 0.5; magnitudes about 1. */
export function valuesOf(key: string, count: number): Float32Array {
  let start = 0x811c9dc5;
  for (const byte of Buffer.from(key)) start = Math.imul(start ^ byte, 0x01000193) >>> 0;
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 1) {
    const unit = ((Math.imul(i, 2654435761) + start) >>> 0) / 2 ** 32 - 0.5;
    values[i] = key.includes('magnitude') ? 1 + 0.4 * unit : unit;
  }
  return values;
}

/** As PEFT had them of an adapter. */
export function valuesIn({ zero = [] }: RandomAdapter, key: string, count: number): Float32Array {
  const isZero = !key.includes('magnitude') && zero.some((name) => key.includes(`.${name}.`));
  return isZero ? new Float32Array(count) : valuesOf(key, count);
}

/** The adapter by its configuration alone, as a checkpoint in `folder`; the engine that holds it. */
export async function writeRandomAdapter(adapter: RandomAdapter, folder: string): Promise<Engine> {
  mkdirSync(folder, { recursive: true });
  const base = readModelFolder(join(golden, 'models', adapter.model));
  writeFileSync(join(folder, 'adapter_config.json'), JSON.stringify(adapter.config));
  const { config, modules, trainedTensors } = readAdapterModules(folder, base);
  const { vera } = config;
  const engine = await openEngine(base, {
    ...{ adapters: modules, trainedTensors, training: true, threads: 2 },
    // PEFT drew them for a base that was loaded in f32.
    ...(vera && { projection: { ...vera, dtype: 'f32' as const } }),
  });
  for (const { name, shape } of engine.parameters) {
    const count = shape.reduce((product, size) => product * size, 1);
    await engine.write('value', name, valuesIn(adapter, peftPrefix + name, count));
  }
  await fillCheckpoint(folder, 1, { engine, folder: base, lowRank: config, averages: false });
  return engine;
}

/** As the generator's over what PEFT saved. */
export function hashOfTensors(file: string): string {
  const bytes = readFileSync(file);
  const headerBytes = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerBytes)) as Record<
    string,
    { shape: number[] }
  >;
  const hash = createHash('sha256');
  const arrays = readArrays(file);
  for (const key of [...arrays.keys()].sort()) {
    const values = arrays.get(key) ?? new Float32Array();
    hash.update(`${key} [${(header[key]?.shape ?? []).join(', ')}] float32\n`);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}

/** Without what is null, false or empty, and what only PEFT writes. */
export function tellingConfig(folder: string): Record<string, unknown> {
  const file = join(folder, 'adapter_config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  return toldOf(config);
}

const untold = new Set(['base_model_name_or_path', 'megatron_core', 'peft_version']);
const defaults: Record<string, unknown> = {
  ...{ qalora_group_size: 16, lora_dropout: 0, vera_dropout: 0, tinit: 0, tfinal: 0 },
};

export function toldOf(config: Record<string, unknown>): Record<string, unknown> {
  const told = Object.entries(config).filter(([key, value]) => {
    const isEmpty = ['null', 'false', '{}', '[]', undefined].includes(JSON.stringify(value));
    return !isEmpty && !untold.has(key) && defaults[key] !== value;
  });
  return Object.fromEntries(told);
}

// The golden training cases: which model, what is trained, on what, and what transformers and PEFT made of it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackedBatch } from '../../extension/trainer/addon';
import type { RateSettings } from '../../extension/trainer/learningRates';
import type { Quantization } from '../../extension/shared/engineTypes';
import { readArrays } from './tensorFile';

export const golden = import.meta.dirname;

/** Texts of one micro-batch; tokens before a text's firstCounted are read but not counted. */
export interface Texts {
  texts: number[][];
  firstCounted: number[];
}

export interface ParityCase {
  name: string;
  model: string;
  adapter: string | null;
  /** False: the gradient goes through DoRA's norm. */
  detachNorm?: boolean;
  /** The linear modules' weights are these in 4-bit NormalFloat. */
  quantization?: Quantization;
  optimizer: {
    learningRate: number;
    beta1: number;
    beta2: number;
    epsilon: number;
    weightDecay: number;
    clipNorm: number;
  };
  /** AdamW's moments of large tensors are in 8 bits. */
  eightBitMoments?: boolean;
  /** A moving average of what is trained is kept. */
  averageDecay?: number;
  /** Of A and B, and of magnitudes. */
  rates?: RateSettings['adapter'];
  /** Steps of micro-batches. */
  steps: Texts[][];
  /** Names of all trained tensors, sorted. */
  trained: string[];
  losses: number[];
  gradNorms: number[];
  arrays: Map<string, Float32Array>;
}

export function readJson(...path: string[]): unknown {
  return JSON.parse(readFileSync(join(golden, ...path), 'utf8'));
}

/** The model that an adapter or a case is for: the longest model name that it starts with. */
export function baseOf(name: string): string {
  const bases = readdirSync(join(golden, 'models')).filter((model) => name.startsWith(`${model}-`));
  return bases.sort((a, b) => b.length - a.length)[0] ?? name;
}

export function parityCases(): ParityCase[] {
  const names = readdirSync(join(golden, 'cases')).filter((file) => file.endsWith('.json'));
  return names.map((file) => {
    const name = file.replace(/\.json$/, '');
    const arrays = readArrays(join(golden, 'cases', `${name}.safetensors`));
    return { ...(readJson('cases', file) as Omit<ParityCase, 'name' | 'arrays'>), name, arrays };
  });
}

/** Side by side, each token with the one it predicts. */
export function pack({ texts, firstCounted }: Texts): PackedBatch {
  const targets = texts.flatMap((text, row) =>
    text.map((_, i) => (i + 1 >= Math.max(firstCounted[row] ?? 0, 1) ? (text[i + 1] ?? -1) : -1)),
  );
  return {
    tokens: Int32Array.from(texts.flat()),
    targets: Int32Array.from(targets),
    lengths: Int32Array.from(texts, (text) => text.length),
  };
}

/** How many tokens of the batch are predicted and counted. */
export function counted(batch: PackedBatch): number {
  return batch.targets.filter((target) => target >= 0).length;
}

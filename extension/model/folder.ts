// A Hugging Face model folder: configuration and weights, checked against each other before anything is allocated.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Quantization, QuantizedSource, WeightSource } from '../shared/engineTypes';
import { Failure } from '../shared/failures';
import { readModelConfig, type ModelConfig } from './config';
import { layoutOf, type ModelLayout } from './layout';
import { quantizedSource } from './quantizedWeights';
import { WeightFiles } from './weightFiles';

export interface ModelFolder extends ModelLayout {
  path: string;
  /** Where each of the layout's tensors lies. */
  tensors: Record<string, WeightSource>;
  weights: WeightFiles;
}

const headTensor = 'lm_head.weight';
const embedding = 'model.embed_tokens.weight';
const prefix = 'model.';

/** Tables that older versions of transformers saved and that follow from the configuration. */
const derived = /(^|\.)(rotary_emb\.inv_freq|rotary_emb\.(cos|sin)_cached|masked_bias)$/;

export function readModelFolder(path: string): ModelFolder {
  checkFolder(path);
  const config = readModelConfig(path);
  const weights = new WeightFiles(path);
  const stored = storedNames(weights);
  const tensors: Record<string, WeightSource> = {};
  const layout = layoutOf(config);
  const missing = Object.keys(layout.tensors).filter((name) => !stored.has(name));
  if (missing[0] !== undefined) throw missingTensor(path, missing[0], missing.length - 1);
  for (const [name, { shape }] of Object.entries(layout.tensors)) {
    const own = stored.get(name) ?? name;
    stored.delete(name);
    const canBe = config.isQuantized && shape.length === 2 && name !== embedding;
    const quantized = canBe ? quantizedSource(weights, own, shape) : undefined;
    tensors[name] = quantized?.source ?? checkedSource(weights, own, shape);
    for (const part of quantized?.parts ?? []) stored.delete(fullName(part));
  }
  refuseUnexpected(stored, weights, config);
  const quantization = config.isQuantized ? quantizationOf(config, tensors) : undefined;
  return { ...layout, path, tensors, weights, ...(quantization && { quantization }) };
}

/** One for all matrices that are quantised. */
function quantizationOf(
  { file }: ModelConfig,
  tensors: Record<string, WeightSource>,
): Quantization {
  const refused = (problem: string): Failure =>
    new Failure('config-invalid', { file, field: 'quantization_config', problem });
  const matrices = Object.values(tensors).filter(
    (source): source is QuantizedSource => source.dtype === 'nf4',
  );
  const found = matrices.map(({ nf4 }) => ({
    blockSize: nf4.blockSize,
    double: nf4.double !== undefined,
  }));
  const [first] = found;
  if (first === undefined) throw refused('promises NF4 weights, but no weight is quantised');
  const isSame = ({ blockSize, double }: Quantization): boolean =>
    blockSize === first.blockSize && double === first.double;
  if (!found.every(isSame)) throw refused('stands for weights that are not all quantised alike');
  return first;
}

function checkFolder(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined)
    throw new Failure('file-missing', { file: path, what: 'the model folder' });
  if (!stats.isDirectory()) {
    const problem = 'it is a file; a folder with config.json and model.safetensors is needed';
    throw new Failure('file-unreadable', { file: path, what: 'the model folder', problem });
  }
}

/** Full name to the name in the file: models saved without their head lack the first `model.`. */
function storedNames(weights: WeightFiles): Map<string, string> {
  const names = new Map<string, string>();
  for (const name of weights.names()) {
    const full = fullName(name);
    const other = names.get(full);
    if (other !== undefined) {
      throw invalid(weights, name, `the model has ${other} too`);
    }
    names.set(full, name);
  }
  return names;
}

function fullName(name: string): string {
  return name.startsWith(prefix) || name.startsWith(headTensor) ? name : prefix + name;
}

function missingTensor(path: string, tensor: string, others: number): Failure {
  return new Failure('tensor-missing', { file: path, tensor, others });
}

function checkedSource(weights: WeightFiles, name: string, shape: number[]): WeightSource {
  const source = weights.source(name);
  if (source === undefined) throw new Error(`${name} was listed but has no source`);
  const isSame =
    source.shape.length === shape.length && source.shape.every((size, i) => size === shape[i]);
  if (!isSame) {
    const found = `[${source.shape.join(', ')}]`;
    throw invalid(
      weights,
      name,
      `its shape is ${found}, but config.json asks for [${shape.join(', ')}]`,
    );
  }
  return source;
}

/** A tensor that config.json says nothing about would be left out of the maths without a word. */
function refuseUnexpected(
  rest: Map<string, string>,
  weights: WeightFiles,
  { shape, architecture }: ModelConfig,
): void {
  for (const [full, name] of rest) {
    if (derived.test(full) || (full === headTensor && shape.tiedHead)) continue;
    throw invalid(weights, name, `${architecture} with this config.json has no such tensor`);
  }
}

function invalid(weights: WeightFiles, tensor: string, problem: string): Failure {
  return new Failure('tensor-invalid', { file: weights.fileOf(tensor) ?? '', tensor, problem });
}

/** Files of a model folder that this code knows, for copying beside merged weights. */
export function companionFiles(path: string): string[] {
  return [
    'config.json',
    'generation_config.json',
    'tokenizer.json',
    'tokenizer.model',
    'tokenizer_config.json',
    'vocab.json',
    'merges.txt',
    'added_tokens.json',
    'special_tokens_map.json',
    'chat_template.jinja',
  ].filter((name) => statSync(join(path, name), { throwIfNoEntry: false })?.isFile());
}

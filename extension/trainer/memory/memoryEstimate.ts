// Peak memory of a run by part, from sizes alone. test/headless holds it against real trainers.
import { valuesOf } from '../../model/layout';
import { trainedShapes } from '../../model/trainedValues';
import type { Quantization } from '../../shared/engineTypes';
import type { MemoryParts } from '../../shared/inspection';
import { scalesBlock, scalesMap } from '../../model/nf4Layout';
import { sharedNames, sharedShape, sharedSize } from '../vera/sharedMatrices';
import { keepsGram, keepsProduct } from './keptProducts';
import {
  generationBytes,
  highest,
  isWide,
  trainingBytes,
  type ActivationBytes,
  type GenerationSize,
  type TrainedModel,
} from './activationBytes';
import type { PackedSize } from './packedSize';
import type { TensorPlace } from './tensorPlace';

export interface PassSize {
  model: TrainedModel;
  place: TensorPlace;
  /** The largest micro-batch. */
  batch: PackedSize;
  /** Largest round of questions of each task. */
  generations: readonly GenerationSize[];
}

export interface RunSize extends PassSize {
  /** Records and tokens of all data files. */
  records: number;
  tokens: number;
  vocabulary: number;
}

const floatBytes = 4;
const halfBytes = 2;
const boundaryBytes = 64;
const hugePageBytes = 2 * 2 ** 20;
/** Smaller tensors keep moments of floats; of others, so many values share a scale (native/train/parameter.cc). */
const fewestQuantized = 4096;
const momentBlock = 256;
/** Node, the trainer's code, the addon and the buffers of its threads. */
const programBytes = 86e6;
/** A record's fields as strings and objects, and its tokens and targets as they are kept. */
const recordBytes = 1500;
const tokenBytes = 8;
/** A token's text in the tokenizer's tables and merges. */
const vocabularyBytes = 1000;
/** Copies of tensors that a checkpoint leaves before they are collected. */
const mostSavedBytes = 64e6;
/** On a device: partial sums and small arrays of its kernels, what its libraries take. */
const kernelBytes = 64 * 2 ** 20;

export function estimateMemory(size: RunSize): MemoryParts {
  const { model, place } = size;
  const { saved, scratch, logits, attention } = passBytes(size);
  const shapes = trainedShapes(model, model.layout);
  const trained = [...shapes.adapter, ...shapes.base];
  const counts = trained.map(valuesOf);
  return {
    program: place.isHost ? hostProgramBytes(size) : kernelBytes,
    weights: weightBytes(model, place),
    adapter: adapterBytes(model),
    gradients: sum(counts.map((values) => padded(values))),
    optimizer:
      sum(counts.map((values) => stateBytes(values, model.states))) + importanceBytes(model),
    activations: saved + scratch - logits + attention,
    logits,
    saving: place.isHost ? savingBytes(model) : 0,
  };
}

/** How high the engine's two stacks stand at the most, and what is beside them. */
export function passBytes({ model, place, batch, generations }: PassSize): ActivationBytes {
  return highest([
    trainingBytes(model, batch, place),
    ...generations.map((generation) => generationBytes(model, generation, place)),
  ]);
}

function hostProgramBytes({ records, tokens, vocabulary }: RunSize): number {
  return programBytes + records * recordBytes + tokens * tokenBytes + vocabulary * vocabularyBytes;
}

/** Each tensor starts on a boundary in one allocation (native/model/transformer.cc). */
export function weightBytes(model: TrainedModel, place: TensorPlace): number {
  const { layout, quantization, trainedTensors } = model;
  const { tensors, linears } = layout;
  if (isWide(model, place))
    return sum(Object.values(tensors).map(({ shape }) => padded(valuesOf(shape))));
  const trained = new Set(trainedTensors);
  const modules = new Set(linears.map(({ name }) => `${name}.weight`));
  const sizes = Object.entries(tensors).map(([name, { shape, dtype = 'bf16' }]) => {
    const values = valuesOf(shape);
    if (quantization !== undefined && modules.has(name))
      return quantizedBytes(values, quantization);
    // Frozen matrices stay as they lie in their file, half floats where that is not known.
    const isHalf = shape.length === 2 && dtype !== 'f32' && !trained.has(name);
    return padded(values, isHalf ? halfBytes : floatBytes);
  });
  return sum(sizes);
}

/** Codes and scales (native/io/nf4_source.cc). */
export function quantizedBytes(values: number, { blockSize, double }: Quantization): number {
  const codes = padded(values / 2, 1);
  const blocks = Math.ceil(values / blockSize);
  if (!double) return codes + padded(blocks);
  return codes + padded(blocks, 1) + padded(Math.ceil(blocks / scalesBlock)) + padded(scalesMap);
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, bytes) => total + bytes, 0);
}

/** A and B, AdaLoRA's singular values, or VeRA's vectors, and, for DoRA, four vectors of a row's length, otherwise reserved (native/adapters/low_rank.cc);
 *  what VeRA's modules share is there once, with what DVoRA keeps of products with A. */
function adapterBytes({ layout, adapters }: TrainedModel): number {
  const linearOf = new Map(layout.linears.map((linear) => [linear.name, linear]));
  const shared = sharedSize(adapters, layout.linears);
  let bytes = sum(
    sharedNames.map((name) => (shared ? padded(valuesOf(sharedShape(name, shared))) : 0)),
  );
  const grams = new Map<number, number>();
  for (const { name, rank, kind, principal, magnitude } of adapters) {
    const linear = linearOf.get(name);
    if (linear === undefined) continue;
    const pair = [rank * linear.in, linear.out * rank];
    const own = kind === 'vera' ? [rank, linear.out] : kind === 'adalora' ? [...pair, rank] : pair;
    // PiSSA keeps what its pair began with.
    bytes += (principal ? 2 : 1) * sum(own.map((values) => padded(values)));
    bytes += 4 * padded(linear.out);
    if (keepsProduct({ kind, magnitude, rank }, linear))
      bytes += allocated(floatBytes * rank * linear.out);
    if (keepsGram({ kind, magnitude })) grams.set(linear.in, allocated(floatBytes * rank * rank));
  }
  return bytes + sum([...grams.values()]);
}

/** Two moments and the average, allocated beside the gradient (native/train/parameter.cc). */
function stateBytes(values: number, { eightBitMoments, averages }: TrainedModel['states']): number {
  const isQuantized = eightBitMoments && values >= fewestQuantized;
  const moment = isQuantized
    ? padded(values, 1) + padded(Math.ceil(values / momentBlock))
    : padded(values);
  const gradient = padded(values);
  const all = gradient + 2 * moment + (averages ? padded(values) : 0);
  return allocated(all) - gradient;
}

/** AdaLoRA: two averages of every value of its triplets (native/adapters/importance.cc). */
function importanceBytes({ layout, adapters }: TrainedModel): number {
  const triplets = adapters.filter(({ kind }) => kind === 'adalora');
  const { adapter } = trainedShapes({ adapters: triplets, trainedTensors: [] }, layout);
  return sum(adapter.map((shape) => allocated(2 * padded(valuesOf(shape)))));
}

/** Large allocations are whole huge pages (native/cpu/memory.cc). */
function allocated(bytes: number): number {
  return bytes < hugePageBytes ? bytes : Math.ceil(bytes / hugePageBytes) * hugePageBytes;
}

/** What a checkpoint does not write as it lies it reads, one tensor after another: PiSSA's pairs, AdaLoRA's triplets and what
 *  VeRA's modules share. Copies of some wait to be collected. */
function savingBytes({ layout, adapters }: TrainedModel): number {
  const read = adapters.filter(({ principal, kind }) => principal === true || kind === 'adalora');
  const pairs = trainedShapes({ adapters: read, trainedTensors: [] }, layout).adapter;
  const shared = sharedSize(adapters, layout.linears);
  const matrices = shared ? sharedNames.map((name) => sharedShape(name, shared)) : [];
  const sizes = [...pairs, ...matrices].map((shape) => valuesOf(shape) * floatBytes);
  return Math.max(2 * Math.max(0, ...sizes), Math.min(mostSavedBytes, 2 * sum(sizes)));
}

function padded(values: number, bytesOfValue = floatBytes): number {
  return Math.ceil((values * bytesOfValue) / boundaryBytes) * boundaryBytes;
}

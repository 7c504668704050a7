// The one typed description of the native addon (native/binding). TypeScript validates and fills every
// default; C++ gets complete values and trusts them, files excepted.

import type {
  DType,
  ModelShape,
  PackedBatch,
  Quantization,
  SavedState,
  TensorSource,
  WeightSource,
} from '../shared/engineTypes';
import type {
  GenerationListener,
  GenerationRequest,
  Likelihood,
  LikelihoodRequest,
  WrittenText,
} from '../shared/generation';
import type { TensorPlace } from './memory/tensorPlace';

export type { DType, ModelShape, PackedBatch, TensorSource } from '../shared/engineTypes';

/** A low-rank module. `name` is the base module, e.g. `model.layers.0.self_attn.q_proj`. */
export interface AdapterModule {
  name: string;
  /**
   * vera: vectors b and d are trained, A and B are shared by all such modules, which have one rank. adalora: singular values
   * are trained between A and B.
   */
  kind: 'lora' | 'vera' | 'adalora';
  /** 0: of a module with a magnitude, that alone is trained; AdaLoRA's without a triplet changes nothing. */
  rank: number;
  /** alpha / rank, or alpha / sqrt(rank) for rsLoRA; 1 for vera; alpha / (initial rank + 1e-5) for adalora. */
  scale: number;
  dropout: number;
  /** DoRA: a trained magnitude of each output row. */
  magnitude: boolean;
  /**
   * LoRA's pair begins as the principal part of the weight, and the weight that is trained on is the rest: PiSSA. That part is
   * found, or it is the one that is given.
   */
  principal?: true | PrincipalPair;
}

export interface PrincipalPair {
  /** (rank, in) */
  a: Float32Array;
  /** (out, rank) */
  b: Float32Array;
}

/** VeRA's shared matrices and how its vectors begin, as PEFT has them. */
export interface Projection {
  /** PEFT's projection_prng_key. */
  seed: number;
  /** Every element of a fresh d; b begins with zeros. */
  initialD: number;
  /** Fresh values are rounded to it: PEFT moves them through the base's type. */
  dtype: DType;
}

export interface EngineSpec {
  shape: ModelShape;
  /** By Hugging Face name, e.g. `model.layers.0.mlp.up_proj.weight`. Biases and q_norm, k_norm are used when present. */
  tensors: Record<string, WeightSource>;
  adapters: AdapterModule[];
  /** Of the modules of kind vera, if there are any. */
  projection?: Projection;
  /** Base tensors that are trained themselves (FT). */
  trainedTensors: string[];
  /** False: forward only, no gradients or optimizer states are held. */
  training: boolean;
  activationCheckpointing: boolean;
  /** On a processor: matrices that nobody trains stay as they lie in their files, also in training. */
  keepsStored: boolean;
  /** DoRA: its norm is a constant of the backward pass (arXiv 2402.09353 eq. 11), as in PEFT. */
  detachNorm: boolean;
  /** AdamW's moments of tensors of at least 4096 values in 8 bits, as bitsandbytes has them. */
  eightBitMoments: boolean;
  /** A moving average of every trained tensor is kept. */
  averages: boolean;
  /** Fresh adapters draw their A and B from this seed; the magnitude is the base row norm. */
  seed: number;
  /** Of LoRA: A uniform in +-1/sqrt(in), or normal of deviation 1/rank, with B zero; or of an orthogonal matrix, B A zero. */
  init: AdapterInit;
  /** 0: all cores. */
  threads: number;
  /** Bytes of a plan; 0: memory is taken as it is needed. */
  reserve: EngineReserve;
}

export interface EngineReserve {
  /** Of a device's memory, for all of the engine, in one piece. */
  all: number;
  /** The stack of what the backward pass needs, and that of what one function needs. */
  saved: number;
  scratch: number;
}

export type AdapterInit = 'default' | 'gaussian' | 'orthogonal';

export interface ParameterInfo {
  /** `MODULE.lora_A.weight`, `MODULE.lora_B.weight`; AdaLoRA's `MODULE.lora_A`, `lora_B`, `lora_E`; `MODULE.vera_lambda_b`, `MODULE.vera_lambda_d`;
   *  `MODULE.lora_magnitude_vector`; or a base tensor's name. */
  name: string;
  shape: number[];
  /** Its moments are in 8 bits: codes, and a scale for each 256 values. */
  quantized: boolean;
}

export interface LossSum {
  /** Sum over the counted tokens, in nats. */
  lossSum: number;
  /** Counted tokens. */
  tokens: number;
}

export interface UpdateOptions {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  /** 0: none. */
  clipNorm: number;
  /** 1 for the first. */
  step: number;
  /** A factor of the learning rate for each of `parameters`, in their order; 1 when left out. */
  rates?: Float32Array;
  /** Averages go on: decay times themselves and the rest of the new value; the first step begins them. */
  averageDecay?: number;
}

/** What the process has of a GPU's memory, of all its engines. */
export interface DeviceUse {
  /** In use at once since the update before; what a plan reserved and nobody needed is not. */
  mostBytes: number;
  /** Taken from the driver, in use or not. */
  heldBytes: number;
}

export interface GenerateRequest extends GenerationRequest {
  /** Likeliest tokens told with each chosen one, with one beam. */
  alternatives?: number;
}

/** A token and its log probability in nats, without temperature and cuts. */
export interface RankedToken {
  token: number;
  logProbability: number;
}

export interface GeneratedToken extends RankedToken {
  prompt: number;
  /** The likeliest first. */
  alternatives: RankedToken[];
}

export interface LogLikelihood extends Likelihood {
  /** Whether each token is the likeliest after those before it. */
  isGreedy: boolean;
}

export interface ModuleChange {
  /** Base module, e.g. `model.layers.0.self_attn.q_proj`. */
  name: string;
  deltaM: number;
  deltaD: number;
}

/**
 * Calls of operations in their order, a figure in an array of its own. Operations and bytes are what shapes tell: each input
 * read once, each output written once.
 */
export interface EngineProfile {
  names: string[];
  /** Index into `names`. */
  name: Float64Array;
  /** 0: other, 1: embedding, 2: a layer, 3: head and loss, 4: update. */
  part: Float64Array;
  layer: Float64Array;
  backward: Float64Array;
  /** Of the output; of a product, what it is summed along, 0 of all else. */
  rows: Float64Array;
  columns: Float64Array;
  depth: Float64Array;
  /** Seconds since the profile began. */
  start: Float64Array;
  seconds: Float64Array;
  operations: Float64Array;
  bytes: Float64Array;
  /** Of the backend's memory. */
  allocations: number;
  allocatedBytes: number;
}

/**
 * Scales are those of moments in 8 bits; the start is what A and B of PiSSA began with; sensitivity and uncertainty are
 * AdaLoRA's.
 */
export type State =
  | ('start' | 'value' | 'gradient' | 'moment1' | 'moment2' | 'average' | 'scales1' | 'scales2')
  | ('sensitivity' | 'uncertainty');

/** A moment that may be in 8 bits. */
export type Moment = 'moment1' | 'moment2';

/**
 * A loaded model. Calls run off the JavaScript thread and take effect in the order they were made; on a processor `read` (of
 * all but gradients) and `save` run beside the passes of a step.
 */
export interface Engine {
  readonly parameters: ParameterInfo[];
  /** Bytes held now, by part. */
  memory(): Promise<{ weights: number; adapters: number; optimizer: number; activations: number }>;
  /** A trained parameter's state, or (value) any base tensor or VeRA's shared `vera_A` (rank, most inputs) and `vera_B`
   *  (most outputs, rank). */
  read(state: State, name: string): Promise<Float32Array>;
  /**
   * Writes states into ranges of a file that is there, as they lie: floats, or the codes of a moment in 8 bits. Rejects with
   * the code `not-finite` and the tensor's name as subject, or with `disk-full`.
   */
  save(file: string, states: SavedState[]): Promise<void>;
  /** A value that is written is its average too; a moment in 8 bits is quantised. */
  write(
    state: Exclude<State, 'gradient' | 'start'>,
    name: string,
    data: Float32Array,
  ): Promise<void>;
  /** Of a moment in 8 bits. */
  writeCodes(moment: Moment, name: string, codes: Uint8Array): Promise<void>;
  /** Values and averages of all parameters change places: what is computed next is computed with the averages. */
  exchangeAverages(): Promise<void>;
  /** Forward and backward; gradients of scale * lossSum are added up. `dropoutSeed` alone decides the masks. */
  accumulate(batch: PackedBatch, scale: number, dropoutSeed: number): Promise<LossSum>;
  /**
   * Clip, AdamW, gradients back to zero. gradNorm is the norm before clipping; `device` is told where tensors lie in memory
   * of their own.
   */
  update(options: UpdateOptions): Promise<{ gradNorm: number; device?: DeviceUse }>;
  /** AdaLoRA, before update: adds the gradient of weight times the term that keeps its matrices orthogonal; gives the term. */
  addOrthogonality(weight: number): Promise<number>;
  /** AdaLoRA, after update and before accumulate: smooths the importance of each value by these two decay rates. */
  measureImportance(sensitivityBeta: number, uncertaintyBeta: number): Promise<void>;
  /**
   * AdaLoRA: the singular values of so many least important triplets become zero. 1 for what is kept, 0 for what is not, all
   * modules side by side in the model's order.
   */
  prune(count: number): Promise<Uint8Array>;
  /** AdaLoRA: singular values become zero where `kept` is 0. */
  keepTriplets(kept: Uint8Array): Promise<void>;
  loss(batch: PackedBatch): Promise<LossSum>;
  /** (tokens, vocabulary) row by row: for short texts. */
  logits(tokens: Int32Array): Promise<Float32Array>;
  /** One text a prompt. What the listener throws ends the generation and rejects the promise. */
  generate(
    request: GenerateRequest,
    listener?: GenerationListener<GeneratedToken>,
  ): Promise<WrittenText[]>;
  /** Every generation that was called ends its unfinished texts as 'stopped'; with a prompt, that of the oldest one. Returns at once. */
  stopGenerating(prompt?: number): void;
  logLikelihoods(request: LikelihoodRequest): Promise<LogLikelihood[][]>;
  /** Magnitude and direction change of every adapted or trained linear module against the base files. */
  slopes(): Promise<ModuleChange[]>;
  /** Operations are recorded from here on. */
  startProfile(): Promise<void>;
  stopProfile(): Promise<EngineProfile>;
  /** Frees the native memory after running work. */
  dispose(): Promise<void>;
}

/** Some rows of a weight W (out, in) and what an adapter makes of them: g (W + scale B A), where g sets each row to the
 *  length that `magnitude` tells, and is 1 without. */
export interface RowsToMerge {
  weight: WeightSource;
  firstRow: number;
  rows: number;
  /** 0: no low-rank part. */
  rank: number;
  scale: number;
  /** (rank, in) */
  a: Float32Array;
  /** (rows, rank), of these rows. */
  b: Float32Array;
  /** (rows), of these rows. */
  magnitude?: Float32Array;
  /** 0: all cores. */
  threads: number;
}

/** An update s B A, and of how many of its largest singular values the directions are wanted. */
export interface SpectrumRequest extends Pick<RowsToMerge, 'rank' | 'scale' | 'a'> {
  in: number;
  out: number;
  /** (out, rank) */
  b: Float32Array;
  directions: number;
}

export interface ProjectionSize extends Pick<Projection, 'seed' | 'dtype'> {
  rank: number;
  in: number;
  out: number;
}

export interface DeviceInfo {
  kind: 'cpu';
  /** The processor's name. */
  name: string;
  threads: number;
  /** What its kernels were chosen for, such as 'avx512', or 'avx512 and amx'. */
  instructions: string;
}

/** A GPU as CUDA lists it; its number is its place in the list. */
export interface ListedGpu {
  name: string;
  /** As CUDA_VISIBLE_DEVICES takes it. */
  uuid: string;
  /** 89 for compute capability 8.9. */
  capability: number;
  freeBytes: number;
  totalBytes: number;
  /** CUDA's name of what went wrong when it was first used; empty when nothing did. */
  failure: string;
}

export interface GpuListing {
  /** 13020 for CUDA 13.2; 0 without a driver. */
  driverVersion: number;
  runtimeVersion: number;
  /** CUDA's name of why there are none; empty when there are. */
  failure: string;
  gpus: ListedGpu[];
}

/** A sum and a product on the first GPU; `failure` is what went wrong before there were values. */
export interface GpuTrial {
  kernelIsRight: boolean;
  productIsRight: boolean;
  failure: string;
}

/** A product by a library of NVIDIA's; `failure` is what went wrong before there was one. */
export interface CublasLtTrial {
  /** 131001 for 13.10.1; 0 of a file that cannot be opened. */
  version: number;
  productIsRight: boolean;
  failure: string;
}

/** What native code throws: `code` is one of extension/shared/failures.ts. */
export interface AddonError extends Error {
  code: string;
  subject: string;
  detail: string;
  sizeBytes: number;
  /** Of memory that ran out on a device: what is left of it, and what this process has taken. */
  freeBytes?: number;
  takenBytes?: number;
}

/** Of products of f32, of those with weights of bf16 and of work over activations, measured; see native/analysis/speed.h. */
export interface MachineSpeed {
  operationsPerSecond: number;
  storedOperationsPerSecond: number;
  bytesPerSecond: number;
}

export interface QuantizeOptions extends Quantization {
  /** 0: all cores. */
  threads: number;
}

/** A matrix in 4-bit NormalFloat, bit for bit as bitsandbytes' CPU functions make it. */
export interface QuantizedTensor {
  /** Two a byte, the first in the upper half. */
  codes: Uint8Array;
  /** One a block; with double quantisation `scales` instead. */
  absmax?: Float32Array;
  scales?: { codes: Uint8Array; absmax: Float32Array; map: Float32Array; offset: number };
}

/** Where engines keep their tensors, and how much of it is left. */
export interface MemoryRoom extends TensorPlace {
  /** Null where it is not known. */
  freeBytes: number | null;
  /** 0 where it is not known. */
  totalBytes: number;
}

export interface Addon {
  devices(): DeviceInfo[];
  memoryRoom(): Promise<MemoryRoom>;
  quantize(source: TensorSource, options: QuantizeOptions): Promise<QuantizedTensor>;
  load(spec: EngineSpec): Promise<Engine>;
  /** Change from one weight matrix to another of the same shape, read by blocks. */
  compareTensors(
    base: WeightSource,
    other: WeightSource,
  ): Promise<{ deltaM: number; deltaD: number }>;
  /** (rows, in), read from the weight's file: no model needs to be loaded. */
  mergeRows(request: RowsToMerge): Promise<Float32Array>;
  /** VeRA's shared A (rank, in) and B (out, rank), bit for bit as PEFT draws them. */
  drawProjection(size: ProjectionSize): Promise<{ a: Float32Array; b: Float32Array }>;
  /** `left` (n, out) and `right` (n, in) are unit rows, of values that are more than rounding. On one thread. */
  updateSpectrum(
    request: SpectrumRequest,
  ): Promise<{ values: Float64Array; left: Float64Array; right: Float64Array }>;
  /** Takes about so many seconds. `threads` 0: all cores. */
  measureSpeed(threads: number, seconds: number): Promise<MachineSpeed>;
  /**
   * Operations a second of the fastest product of square matrices of what flows through a model, where engines compute; see
   * native/analysis/speed.h.
   */
  measureProducts(size: number, seconds: number): Promise<number>;
}

/** Of the binary for GPUs: its engines compute on the first GPU that CUDA_VISIBLE_DEVICES leaves. */
export interface GpuAddon extends Addon {
  listGpus(): GpuListing;
  tryGpu(): GpuTrial;
  tryCublasLt(file: string): CublasLtTrial;
  /** From now on products of bf16 are its, where it does them. */
  useCublasLt(file: string): void;
}

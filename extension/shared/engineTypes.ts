// What the engine is given: where tensors lie, a model's shape, tokens. Made by extension/model and
// extension/data, taken by extension/trainer.

export type DType = 'f32' | 'f16' | 'bf16';

/** Where bytes begin. */
export interface FilePart {
  file: string;
  offsetBytes: number;
}

/** What a matrix in 4-bit NormalFloat has beside its codes; blocks run over the flattened matrix. */
export interface Nf4Parts {
  blockSize: number;
  /** A block's largest magnitude: f32, or 8 bits that `double` turns into map[code] scales[block / 256] + offset. */
  absmax: FilePart;
  double?: { scales: FilePart; map: FilePart; offset: number };
}

/** A state of an engine's parameter, and the range of a file that it fills. */
export interface SavedState {
  state: string;
  name: string;
  offsetBytes: number;
  sizeBytes: number;
}

/** Where a tensor's bytes lie. The header was validated in extension/model; the addon checks the range against the file again. */
export interface TensorSource {
  file: string;
  offsetBytes: number;
  dtype: DType;
  shape: number[];
}

/** A matrix in 4-bit NormalFloat: its codes, two a byte, the first in the upper half, and what they need. */
export interface QuantizedSource extends FilePart {
  dtype: 'nf4';
  shape: number[];
  nf4: Nf4Parts;
}

export type WeightSource = TensorSource | QuantizedSource;

/** How a base is quantised to 4-bit NormalFloat. */
export interface Quantization {
  /** Elements that share a scale: a power of two from 32 to 4096. */
  blockSize: number;
  /** Scales are quantised to 8 bits too. */
  double: boolean;
}

/** A LLaMA-family architecture, everything resolved. */
export interface ModelShape {
  layers: number;
  hidden: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  intermediate: number;
  vocabulary: number;
  normEpsilon: number;
  tiedHead: boolean;
  /** headDim / 2 rotary frequencies, scaling (linear, llama3) already applied. */
  inverseFrequencies: number[];
  /** One a layer: 0 sees everything before it, otherwise a token sees itself and window - 1 tokens before it. */
  windows: number[];
}

/** Texts side by side, no padding. */
export interface PackedBatch {
  /** All tokens of all texts. */
  tokens: Int32Array;
  /** Per token, the token it has to predict, -1 where it does not count. Already shifted: targets[i] is tokens[i + 1]. */
  targets: Int32Array;
  /** Number of tokens of each text. */
  lengths: Int32Array;
}

// What the engine is given: where tensors lie, a model's shape, tokens. Made by extension/model and
// extension/data, taken by extension/trainer.

export type DType = 'f32' | 'f16' | 'bf16';

/** Where a tensor's bytes lie. The header was validated in extension/model; the addon checks the range against the file again. */
export interface TensorSource {
  file: string;
  offsetBytes: number;
  dtype: DType;
  shape: number[];
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

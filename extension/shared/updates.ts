// What `adapter-lab updates` measures of one or two adapters on a base, and the page of slopes shows.

export interface UpdatedModule {
  /** Base module, e.g. `model.layers.0.self_attn.q_proj`. */
  name: string;
  /** Singular values of the low-rank update, the largest first; none where the method has no such update. */
  values: number[];
  /** Null without values. */
  effectiveRank: number | null;
  /** Mean over rows of the change of their length, relative to the base's. */
  meanChange: number;
  /** Rows by that change: how many lie between two edges, the ends with all that is beyond. */
  counts: number[];
}

export interface MeasuredUpdates {
  /** Absolute: an adapter, or a model of full fine-tuning. */
  path: string;
  modules: UpdatedModule[];
}

/** phi(i, j) of the first i and j directions of both updates: a row for each i. */
export interface ModuleSimilarity {
  name: string;
  /** Directions of the output, in a space of so many dimensions. */
  output: number[][];
  outputSize: number;
  input: number[][];
  inputSize: number;
}

export interface UpdatesMeasurement {
  base: string;
  /** One, or the two that are compared. */
  adapters: MeasuredUpdates[];
  /** Between bins of relative changes of length, ascending. */
  edges: number[];
  /** Of modules that both update; null for one adapter. */
  similarity: ModuleSimilarity[] | null;
}

/** phi of directions drawn at random. */
export function chanceSimilarity(i: number, j: number, size: number): number {
  return Math.max(i, j) / size;
}

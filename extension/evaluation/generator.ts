// The part of the engine that an evaluation needs. Tests put something simple in its place.
import type { Sampling } from '../shared/taskFile';

export interface GenerationRequest {
  prompts: Int32Array[];
  maxNewTokens: number;
  /** 1: greedy, or sampling. */
  beams: number;
  lengthPenalty: number;
  earlyStopping: boolean | 'never';
  sampling?: Sampling;
  /** Any of them ends a text. */
  endTokens: number[];
  /** Prompts in work at a time; what is written does not depend on it. */
  atOnce: number;
}

export interface WrittenText {
  /** The end token not included. */
  tokens: Int32Array;
  ended: 'end' | 'length' | 'stopped';
}

export interface GenerationListener {
  /** As each text ends, in any order. */
  done?: (prompt: number, text: WrittenText) => void;
  /** Each token as it is chosen, without beams. */
  token?: (token: { prompt: number; token: number }) => void;
}

export interface LikelihoodRequest {
  contexts: Int32Array[];
  /** Of each context. */
  continuations: Int32Array[][];
}

export interface Likelihood {
  /** Sum of log p over the continuation's tokens, in nats. */
  sum: number;
}

export interface Generator {
  generate(request: GenerationRequest, listener?: GenerationListener): Promise<WrittenText[]>;
  /** What is unfinished ends as 'stopped': one prompt, or all. */
  stopGenerating(prompt?: number): void;
  logLikelihoods(request: LikelihoodRequest): Promise<Likelihood[][]>;
}

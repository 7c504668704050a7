// How texts are asked for and told: what an evaluation needs of the engine, which offers more (trainer/addon.ts).

/** How a token is drawn: by temperature, then among the likeliest, as transformers' processors do. */
export interface Sampling {
  temperature: number;
  /** 0: all. */
  topK: number;
  /** 1: all. */
  topP: number;
  /** Token number p of the prompt with number n is drawn from (seed, n, p) alone. */
  seed: number;
}

/** Which prompts are drawn: by numbers of their own, a part of a request is drawn as the whole is. */
export interface RequestSampling extends Sampling {
  /** Of each prompt, below 2^32; its place in the request when left out. */
  numbers?: number[];
}

export interface GenerationRequest {
  /** Each of at least one token. */
  prompts: Int32Array[];
  maxNewTokens: number;
  /** 1: greedy, or sampling. */
  beams: number;
  /** A finished text's score is its log probability over its length to this power. transformers' default: 1. */
  lengthPenalty: number;
  /** As transformers defines them; its default is false. */
  earlyStopping: boolean | 'never';
  /** With one beam only. */
  sampling?: RequestSampling;
  /** Any of them ends a text. */
  endTokens: number[];
  /** Prompts in work at a time: what they hold in memory grows with it. Results do not depend on it. */
  atOnce: number;
}

export interface WrittenText {
  /** The end token not included. */
  tokens: Int32Array;
  ended: 'end' | 'length' | 'stopped';
}

export interface GenerationListener<Token = { prompt: number; token: number }> {
  /** As each text ends, in any order. */
  done?: (prompt: number, text: WrittenText) => void;
  /** Each token of a text as it is chosen, with one beam. */
  token?: (token: Token) => void;
}

export interface LikelihoodRequest {
  /** Each of at least one token. */
  contexts: Int32Array[];
  /** Of each context. */
  continuations: Int32Array[][];
}

export interface Likelihood {
  /** Of the continuation's tokens' log probabilities, nats. */
  sum: number;
}

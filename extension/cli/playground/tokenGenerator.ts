// The part of an engine that the playground needs: tokens of one text as they are chosen.
import type { AnswerSettings } from '../../shared/playground';

export interface ChosenToken {
  token: number;
  /** Nats. */
  logProbability: number;
  /** The likeliest first. */
  alternatives: { token: number; logProbability: number }[];
}

export interface TextRequest {
  prompt: Int32Array;
  maxNewTokens: number;
  settings: AnswerSettings;
  endTokens: number[];
  /** Likeliest tokens told with each chosen one. */
  alternatives: number;
}

export interface TokenGenerator {
  /** The token that ends the text is told as well. */
  generate(
    request: TextRequest,
    onToken: (token: ChosenToken) => void,
  ): Promise<'end' | 'length' | 'stopped'>;
  /** Ends the text that is being written. */
  stop(): void;
}

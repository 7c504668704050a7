// The part of the engine that an evaluation needs. Tests put something simple in its place.
import type {
  GenerationListener,
  GenerationRequest,
  Likelihood,
  LikelihoodRequest,
  WrittenText,
} from '../shared/generation';

export interface Generator {
  generate(request: GenerationRequest, listener?: GenerationListener): Promise<WrittenText[]>;
  /** What is unfinished ends as 'stopped': one prompt, or all. */
  stopGenerating(prompt?: number): void;
  logLikelihoods(request: LikelihoodRequest): Promise<Likelihood[][]>;
}

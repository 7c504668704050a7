// What VeRA (arXiv 2310.11454) has beside rank, dropout and modules, in an experiment's `adapter` and in PEFT's VeraConfig.
import type { ExperimentSettings } from '../../shared/experiment';

export interface VeraConfig {
  /** Of the generator that draws the shared matrices; PEFT's projection_prng_key. */
  seed: number;
  /** Every element of a fresh d; PEFT's d_initial. */
  initialD: number;
  /** Whether the shared matrices are in the adapter's file. */
  saveProjection: boolean;
}

export function veraConfig(adapter: ExperimentSettings['adapter']): VeraConfig {
  const { projectionSeed: seed, initialD, saveProjection } = adapter;
  return { seed, initialD, saveProjection };
}

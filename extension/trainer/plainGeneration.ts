// How text is generated where nobody says otherwise.
import type { GenerateRequest } from './addon';

export const plainGeneration = {
  beams: 1,
  lengthPenalty: 1,
  earlyStopping: false,
  /** Enough prompts to keep the processor busy, few enough for their caches to be small. */
  atOnce: 16,
} satisfies Partial<GenerateRequest>;

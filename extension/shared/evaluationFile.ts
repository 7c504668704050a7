// evaluation.json: what was evaluated into the results beside it.
import * as z from 'zod/mini';

export const evaluationFile = z.object({
  format: z.literal(1),
  /** As the accuracy tables show it. */
  name: z.string(),
  /** Absolute folders. */
  model: z.string(),
  adapter: z.nullable(z.string()),
  /** base: the model as it is. */
  method: z.enum(['base', 'lora', 'dora', 'qlora', 'qdora', 'vera', 'dvora', 'adalora']),
  /** ISO time of the first evaluation into this folder. */
  created: z.string(),
  /** Values of the model, and those of the adapter. */
  parameters: z.number(),
  trainable: z.nullable(z.number()),
});
export type EvaluationFile = z.infer<typeof evaluationFile>;

export const evaluationFileName = 'evaluation.json';
/** Beside `runs`: a folder for each model that is no checkpoint of a run. */
export const evaluationsFolderName = 'evaluations';
/** In a folder of results while somebody writes them. */
export const evaluationLockName = 'evaluation.lock';

// One training job, described once and done by both sides.
import type { Method } from '../../extension/shared/methods';

export interface Work {
  /** Hugging Face model folder and a JSON file of instruction records. */
  model: string;
  data: string;
  method: Method;
  /** The PEFT adapter both start from; null for full fine-tuning. */
  adapter: string | null;
  batchSize: number;
  maxLength: number;
  steps: number;
  learningRate: number;
  clipNorm: number;
  threads: number;
  seed: number;
  /** Where ours computes; the processor when left out. */
  device?: 'cuda';
  /** How PEFT does; on the processor in f32 when left out. */
  peft?: PeftForm;
  /** Further settings of our experiment. */
  settings?: object;
  /** The same, as the command line takes them: KEY=VALUE. */
  set?: string[];
}

export interface PeftForm {
  device: 'cpu' | 'cuda';
  /** mixed: weights in bf16, an adapter in f32, and products in bf16 by autocast, as Trainer has them with bf16=True. bf16: the
   *  adapter in bf16 too. */
  precision: 'f32' | 'mixed' | 'bf16';
}

export interface StepResult {
  loss: number;
  seconds: number;
  /** Without padding. */
  tokens: number;
}

export interface WorkResult {
  steps: StepResult[];
  /** VmHWM of the process that trains; on a GPU, the most of its memory in use at once. */
  peakBytes: number;
  /** On a GPU: taken from the driver, in use or not. */
  heldBytes?: number;
}

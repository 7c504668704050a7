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
  /** Further settings of our experiment. */
  settings?: object;
  /** The same, as the command line takes them: KEY=VALUE. */
  set?: string[];
}

export interface StepResult {
  loss: number;
  seconds: number;
  /** Without padding. */
  tokens: number;
}

export interface WorkResult {
  steps: StepResult[];
  /** VmHWM of the process that trains. */
  peakBytes: number;
}

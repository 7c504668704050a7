// One training job, described once and done by both sides.

export interface Work {
  /** Hugging Face model folder and a JSON file of instruction records. */
  model: string;
  data: string;
  method: 'full' | 'lora' | 'dora' | 'qlora' | 'qdora' | 'vera';
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

// What `adapter-lab inspect` tells of an experiment file before anything of it runs: every problem with its place,
// what each run trains and needs, what each data file holds. The editor shows it in the file.
import type { FailureCode } from './failures';
import type { CountedValues } from './trainableShare';

/** Lines and columns count from 1, columns in UTF-16 units as editors count them. */
export interface TextRange {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

export interface Problem {
  code: FailureCode;
  message: string;
  /** Dotted; empty for the file as a whole. */
  setting: string;
  /** Where it stands: keys and indices, through `grid` for a value of the grid. */
  path: (string | number)[];
  /** Of what is wrong: the name of a setting that does not exist, the value of one that does. */
  range: TextRange;
  /** What was probably meant, in place of what `range` covers. */
  nearest?: string;
  /** Of the failure: numbers and names for a quick fix. */
  data: Record<string, unknown>;
}

/** Bytes at the peak of a run, by what needs them. */
export interface MemoryParts {
  /** Node, the engine's code, tokenizer, records and tokens. */
  program: number;
  /** All values of the base model, in f32. */
  weights: number;
  /** Low-rank matrices and magnitudes. */
  adapter: number;
  gradients: number;
  /** AdamW's two moments. */
  optimizer: number;
  /** Kept for the backward pass, and working memory of a layer. */
  activations: number;
  /** Of the chunk of tokens whose loss is computed. */
  logits: number;
  /** Copies of tensors while a checkpoint is written. */
  saving: number;
}

export interface InspectedRun {
  /** What the grid varies, dotted setting to value. */
  varied: Record<string, unknown>;
  method: string;
  rank: number | null;
  /** As CountedValues tells them; null when the model could not be read. */
  trainable: number | null;
  added: number | null;
  parameters: number | null;
  /** Records that are trained on; null when a data file could not be read. */
  records: number | null;
  steps: number | null;
  stepsPerEpoch: number | null;
  memory: MemoryParts | null;
  peakBytes: number | null;
  /** On this machine, all of it free: estimated, see extension/trainer/plan. */
  stepSeconds: number | null;
}

export interface InspectedFile {
  /** `data.train.0`, `data.validation` */
  setting: string;
  file: string;
  records: number;
  tokens: number;
  /** Longest record in tokens, before it is cut. */
  longest: number;
  /** Records longer than maxLength. */
  truncated: number;
  /** Counts come from a sample. */
  isSampled: boolean;
}

export interface Inspection {
  problems: Problem[];
  /** Those that could be understood, in the grid's order. */
  runs: InspectedRun[];
  /** Combinations of the grid. */
  runCount: number;
  files: InspectedFile[];
  /** Tasks that `evaluation.tasks` may name; `hasQuestions` where their folder is in the data. */
  tasks: { name: string; hasQuestions: boolean }[];
}

/** Undefined when the model could not be read. */
export function countedOf({
  trainable,
  added,
  parameters,
}: InspectedRun): CountedValues | undefined {
  if (trainable === null || added === null || parameters === null) return undefined;
  return { trainable, added, parameters };
}

export function totalBytes(memory: MemoryParts): number {
  const parts = Object.values(memory) as number[];
  return parts.reduce((sum, bytes) => sum + bytes, 0);
}

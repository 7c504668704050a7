// What all rows of the table are measured with.
import type { Figure } from './figure';

export interface ReachSetting {
  /** A Hugging Face model folder, a JSON list of records, one of questions. */
  model: string;
  data: string;
  questions: string | undefined;
  /** How many questions. */
  count: number;
  /** An interpreter with torch, transformers and peft; asked for when it is needed. */
  python: () => string;
  scratch: string;
  rounds: number;
  /** Of a round; the first warms up. */
  steps: number;
  maxLength: number;
  threads: number;
}

export type MeasureRow = (setting: ReachSetting) => Promise<Figure[]>;

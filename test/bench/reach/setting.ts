// What rows of a table are measured with.
import type { DeviceWish } from '../../../extension/trainer/devices/chooseDevice';
import type { Figure } from './figure';

/** Of the engine alone. */
export interface EngineSetting {
  /** A Hugging Face model folder and a JSON list of records. */
  model: string;
  data: string;
  scratch: string;
  rounds: number;
  /** Of a round; so many first ones are not counted. */
  steps: number;
  warmUp: number;
  maxLength: number;
  threads: number;
  /** Engines compute there; on the processor when left out. */
  device?: DeviceWish;
}

export interface PeakSetting extends EngineSetting {
  /** Operations a second of the fastest product of where engines compute, measured now. */
  productPeak: () => Promise<number>;
}

export interface ReachSetting extends PeakSetting {
  /** A JSON list of questions, and how many of them. */
  questions: string | undefined;
  count: number;
  /** An interpreter with torch, transformers and peft; asked for when it is needed. */
  python: () => string;
}

export type MeasureRow<Setting = ReachSetting> = (setting: Setting) => Promise<Figure[]>;

// Slope diagnostics: what the page asks of the host and what the host tells it. It shows runs, or one adapter
// measured against a base.
import type { Snapshot } from '../rpc';
import type { RunState } from '../runStates';
import type { SampleNews, SlopeSample } from '../slopes/samples';
import type { CommonMethods } from './common';

export interface SlopeRun {
  /** Absolute; of a diagnosis the adapter's. */
  folder: string;
  /** "DoRA r16"; of a diagnosis the adapter folder's name. */
  label: string;
  /** Name of the experiment. */
  experiment: string;
  method: string | undefined;
  /** Undefined for a diagnosis. */
  state: RunState | undefined;
  step: number;
  /** 0 until known. */
  steps: number;
  /** Steps between measurements; 0: only at checkpoints. */
  every: number;
  names: string[];
  samples: SlopeSample[];
  /** A sentence, where the run cannot be read. */
  problem: string | undefined;
}

export interface Diagnosis {
  base: string;
  adapter: string;
  /** ISO time; undefined while nothing is known of it. */
  measured: string | undefined;
}

export interface SlopesPageState {
  runs: SlopeRun[];
  diagnosis: Diagnosis | undefined;
  /** Of the checkpoint that was asked for. */
  step: number | undefined;
  /** Runs that would be too many at once. */
  leftOut: number;
}

export interface SlopesPageMethods extends CommonMethods {
  readState(): Snapshot<SlopesPageState>;
}

export interface SlopesPageEvents {
  samplesChanged: SampleNews & { folder: string };
  progressed: { folder: string; state: RunState; step: number; steps: number };
  /** Something else is selected. */
  subjectChanged: SlopesPageState;
}

// Slope diagnostics: what the page asks of the host and what the host tells it. It shows runs, or one adapter
// measured against a base.
import type { Snapshot } from '../rpc';
import type { RunState } from '../runStates';
import type { SampleNews, SlopeSample } from '../slopes/samples';
import type { UpdatesMeasurement } from '../updates';
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

/** An adapter, or a model of full fine-tuning, whose updates can be measured. */
export interface UpdatesSubject {
  /** Absolute. */
  folder: string;
  base: string;
  /** "DoRA r16 · step 200" */
  label: string;
}

/** One, or two of the same base that are compared. */
export interface UpdatesRequest {
  base: string;
  folders: string[];
}

export interface KeptUpdates {
  /** ISO time. */
  measured: string;
  measurement: UpdatesMeasurement;
}

export interface SlopesPageMethods extends CommonMethods {
  readState(): Snapshot<SlopesPageState>;
  /** Checkpoints of the page's runs, or the adapter of a diagnosis, the latest first. */
  readSubjects(): UpdatesSubject[];
  /** Asks for another adapter of a base; null if the user changed their mind. */
  chooseSubject(base: string): UpdatesSubject | null;
  /** What is known of them; null before they were measured. */
  readUpdates(request: UpdatesRequest): KeptUpdates | null;
  /** In a process of its own; null if the user ended it. */
  measureUpdates(request: UpdatesRequest): KeptUpdates | null;
}

export interface SlopesPageEvents {
  samplesChanged: SampleNews & { folder: string };
  progressed: { folder: string; state: RunState; step: number; steps: number };
  /** Something else is selected. */
  subjectChanged: SlopesPageState;
}

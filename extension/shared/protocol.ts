// Everything a page may ask of the extension host and everything the host tells a page. This is the whole
// protocol: calls, replies and event messages derive from these two interfaces (rpc.ts).
import type { Snapshot } from './rpc';
import type { RunEvent, RunFile, StatusFile } from './run';

/** A run as lists show it. */
export interface RunSummary {
  id: string;
  folder: string;
  experiment: string;
  experimentFile: string;
  method: string;
  rank: number;
  created: string;
  /** What the grid varied, dotted setting to value. */
  varied: Record<string, unknown>;
  status: StatusFile;
  /** Steps whose checkpoint is kept, ascending. */
  checkpoints: number[];
}

export interface PageState {
  runs: RunSummary[];
}

export interface HostMethods {
  /** The page's first call: everything it shows. */
  readState(): Snapshot<PageState>;
  /** Settings, versions and fingerprints of one run. */
  readRun(runId: string): RunFile;
  /** Events with a number above `afterSeq`; 0 for all. */
  readEvents(runId: string, afterSeq: number): RunEvent[];
  /** Checks the experiment, makes its runs and starts them; ids in the order they run. */
  train(experimentFile: string): string[];
  /** After the step it is at, with a checkpoint. */
  stop(runId: string): void;
  /** At once, without a checkpoint. */
  cancel(runId: string): void;
  resume(runId: string): void;
  showLog(runId: string): void;
}

export interface HostEvents {
  /** A run that is new or has changed. */
  runChanged: RunSummary;
  runRemoved: { id: string };
  /** New events of a run, in order. */
  eventsAppended: { runId: string; events: RunEvent[] };
}

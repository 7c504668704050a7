// The page of one run: what it asks of the host and what the host tells it.
import type { Snapshot } from '../rpc';
import type { RunEvent, RunFile, StatusFile } from '../run';
import type { CommonMethods } from './common';

export interface RunPageState {
  folder: string;
  run: RunFile;
  status: StatusFile;
  events: RunEvent[];
}

export interface RunPageMethods extends CommonMethods {
  readState(): Snapshot<RunPageState>;
}

export interface RunPageEvents {
  statusChanged: StatusFile;
  /** In order; `restarted`: earlier ones are void. */
  eventsAppended: { events: RunEvent[]; restarted: boolean };
}

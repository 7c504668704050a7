// The page that compares runs: what it asks of the host and what the host tells it.
import type { Snapshot } from '../rpc';
import type { RunFile, StatusFile } from '../run';
import type { HistoryChange, RunHistory } from '../runHistory';
import type { SettingRow } from '../settingRows';
import type { CommonMethods } from './common';

export interface ComparedRun {
  folder: string;
  run: RunFile;
  /** The user's own name for the run. */
  name: string | undefined;
  status: StatusFile;
  history: RunHistory;
  settings: SettingRow[];
  /** The folder went while the page was open; what was read of it is shown still. */
  isGone: boolean;
}

export interface ComparePageState {
  runs: ComparedRun[];
  /** Asked for, and not there, or no runs. */
  missing: string[];
}

export interface RunNews {
  folder: string;
  change?: HistoryChange;
  status?: StatusFile;
  isGone?: boolean;
}

export interface ComparePageMethods extends CommonMethods {
  readState(): Snapshot<ComparePageState>;
  /** From now on these are compared. */
  choose(folders: string[]): void;
  /** Asks the user which, with these chosen already; undefined if they changed their mind. */
  pick(folders: string[]): string[] | undefined;
}

export interface ComparePageEvents {
  runsChosen: ComparePageState;
  runChanged: RunNews;
}

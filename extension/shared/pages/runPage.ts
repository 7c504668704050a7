// The page of one run: what it asks of the host and what the host tells it.
import type { Snapshot } from '../rpc';
import type { RunFile, StatusFile } from '../run';
import type { HistoryChange, RunHistory } from '../runHistory';
import type { StepColumns } from '../stepColumns';
import type { SettingRow } from '../settingRows';
import type { ScoredRow } from './accuracyPage';
import type { CommonMethods } from './common';

/** One that is on the disk; older ones go when newer ones come. */
export interface KeptCheckpoint {
  step: number;
  /** Absolute. */
  folder: string;
  sizeBytes: number;
}

export interface LogChange {
  text: string;
  /** What stands before `text` in the file is not shown. */
  isCut: boolean;
  /** What was shown before is no longer the log. */
  replaces: boolean;
}

export interface RunPageState {
  folder: string;
  run: RunFile;
  /** The user's own name for the run. */
  name: string | undefined;
  status: StatusFile;
  history: RunHistory;
  /** Of a long run few steps are told at first; `stepsRead` brings all. */
  isGlance: boolean;
  checkpoints: KeptCheckpoint[];
  /** Of the steps whose answers were judged. */
  scored: ScoredRow[];
  settings: SettingRow[];
  log: LogChange;
  /** The folder went while the page was open; what was read of it is shown still. */
  isGone: boolean;
  /** An untrusted workspace browses and does not run. */
  mayRun: boolean;
}

export interface RunPageMethods extends CommonMethods {
  readState(): Snapshot<RunPageState>;
}

export interface RunPageEvents {
  statusChanged: StatusFile;
  historyChanged: HistoryChange;
  /** All of them, where a snapshot held a glance. */
  stepsRead: StepColumns;
  checkpointsChanged: KeptCheckpoint[];
  scoresChanged: ScoredRow[];
  logChanged: LogChange;
  goneChanged: boolean;
  trustGranted: null;
}

const mostLogCharacters = 128 * 1024;

/** The log as shown, after a change of it; of a long one its end. */
export function joinLog(before: LogChange, change: LogChange): LogChange {
  const text = change.replaces ? change.text : before.text + change.text;
  const isCut = change.isCut || (!change.replaces && before.isCut);
  if (text.length <= mostLogCharacters) return { text, isCut, replaces: true };
  const end = text.slice(-mostLogCharacters);
  return { text: end.slice(end.indexOf('\n') + 1), isCut: true, replaces: true };
}

// Figures and tables of the paper with the user's own runs in them: what the page asks of the host and what the host
// tells it.
import type { Method } from '../methods';
import type { Snapshot } from '../rpc';
import type { AccuracyRow, ScoredRow } from './accuracyPage';
import type { CommonMethods } from './common';

/** What a run trained, as far as figures sort by it. */
export interface FigureRun {
  method: Method;
  /** Null for full fine-tuning, which has no adapter. */
  rank: number | null;
  alpha: number | null;
  /** Modules as the experiment names them. */
  targets: readonly string[];
  /** Modules of which the magnitude alone is trained. */
  magnitudeOnly: readonly string[];
  learningRate: number;
  seed: number;
  /** The same for runs that differ in nothing but method, rank, alpha, learning rate and seed. */
  recipe: string;
}

export interface FigureRow extends AccuracyRow {
  /** Null for a model or an adapter that is no checkpoint of a run. */
  run: FigureRun | null;
}

export interface FiguresPageState {
  rows: FigureRow[];
  scored: ScoredRow[];
  /** More rows follow. */
  isReading: boolean;
}

export interface FiguresPageMethods extends CommonMethods {
  readState(): Snapshot<FiguresPageState>;
}

export interface FiguresPageEvents {
  /** `removed` are ids. */
  rowsChanged: { changed: FigureRow[]; removed: string[] };
  scoresChanged: ScoredRow[];
  readingEnded: null;
}

// The accuracy tables: what the page asks of the host and what the host tells it.
import type { TaskPair } from '../statistics/compared';
import type { Interval } from '../statistics/interval';
import type { Snapshot } from '../rpc';
import type { CommonMethods } from './common';

/** How one model did on one task. */
export interface Figure {
  task: string;
  n: number;
  correct: number;
  /** Questions in whose output no answer was found; null where only the run's events tell the figure. */
  unanswered: number | null;
  /** Its predictions are there to be read. */
  hasPredictions: boolean;
  /** Absent where the model wrote its answers; figures of two protocols stand in no average together. */
  protocol?: 'choice';
  /** As the task's document had it, empty for none; absent where none was kept. */
  group?: string;
  /** Exact match of numbers, as Orca-Math is measured. */
  isExactMath?: true;
}

/** How well one model foretells a text. */
export interface TextFigure {
  task: string;
  tokens: number;
  natsPerToken: number;
}

/** What makes runs that differ by their seed alone one row. */
export interface RowSeed {
  seed: number;
  /** The same for runs that differ in nothing else. */
  group: string;
  /** The run's name without its seed: "DoRA r16". */
  name: string;
}

/** One evaluated model: a checkpoint of a run, or a model or adapter folder. */
export interface AccuracyRow {
  /** Its folder of results. */
  id: string;
  kind: 'run' | 'model';
  /** Of the run, or of the evaluation. */
  folder: string;
  /** The experiment's name; empty for models. */
  experiment: string;
  /** Tells two experiments of one name apart. */
  experimentFile: string;
  /** "DoRA r16 · seed 1" */
  name: string;
  /** "DoRA" */
  method: string;
  /** The base model's name. */
  model: string;
  /** ISO time. */
  created: string;
  /** Null for what is no run. */
  seed: RowSeed | null;
  /** Of the checkpoint; null for a model that is none, or where the run's length is not known. */
  step: number | null;
  /** Evaluated by the run itself at its end, or later at the same step. */
  isEnd: boolean;
  /** Trained values in percent of all; null where it was not kept. */
  trainablePercent: number | null;
  /** Answers are being written. */
  isEvaluating: boolean;
  figures: Figure[];
  texts: TextFigure[];
}

/** What one judge said of the answers to one judged task. */
export interface FigureScore {
  task: string;
  judge: string;
  /** Mean, 1 to 10; null where no answer has one. */
  score: number | null;
  interval: Interval | null;
  judged: number;
  notJudged: number;
}

/** Judged answers of one model; its accuracies, if it has any, are in its row. */
export interface ScoredRow extends AccuracyRow {
  scores: FigureScore[];
}

export interface AccuracyPageState {
  rows: AccuracyRow[];
  scored: ScoredRow[];
  /** Runs of which nothing is evaluated yet. */
  unevaluatedRuns: number;
  /** More rows follow. */
  isReading: boolean;
  /** In an untrusted workspace nothing is evaluated. */
  mayEvaluate: boolean;
}

export const predictionFilters = [
  'all',
  'wrong',
  'right',
  'unanswered',
  'differ',
  'onlyFirst',
  'onlySecond',
] as const;
export type PredictionFilter = (typeof predictionFilters)[number];

export interface PredictionQuery {
  rowId: string;
  task: string;
  /** Row whose answers stand beside; those that both were asked are listed. */
  otherId?: string;
  filter: PredictionFilter;
  /** Found in question, output or answers; empty for no search. */
  text: string;
}

export interface GivenAnswer {
  text: string;
  extracted: string;
  correct: boolean;
}

export interface PredictionLine {
  /** 0 for the first question of the task. */
  index: number;
  /** Null in files of version 0.1, which did not keep it. */
  prompt: string | null;
  /** The right answer. */
  answer: string;
  first: GivenAnswer;
  /** Null when no other row is asked for. */
  second: GivenAnswer | null;
}

export interface PredictionPage {
  /** Lines that the query finds. */
  matches: number;
  /** Lines of each filter without the text search. */
  counts: Record<PredictionFilter, number>;
  from: number;
  lines: PredictionLine[];
}

export interface AccuracyPageMethods extends CommonMethods {
  readState(): Snapshot<AccuracyPageState>;
  /** The tasks that both rows have predictions of. */
  compare(firstId: string, secondId: string): TaskPair[];
  /** The rows' models, with a question as it was asked. */
  tryInPlayground(prompt: string, rowIds: string[]): void;
  readPredictions(query: PredictionQuery, from: number, count: number): PredictionPage;
}

export interface AccuracyPageEvents {
  rowsChanged: { changed: AccuracyRow[]; removed: string[]; unevaluatedRuns: number };
  scoresChanged: ScoredRow[];
  readingEnded: null;
}

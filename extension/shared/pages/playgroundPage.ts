// The playground: what the page asks of the host and what the host tells it.
import type {
  AnswerEvent,
  AnswerFigures,
  AnswerSettings,
  AnswerToken,
  ModelSource,
} from '../playground';
import type { Snapshot } from '../rpc';
import type { CommonMethods } from './common';

/** Base and three others. */
export const mostColumns = 4;

export interface PlaygroundColumn extends ModelSource {
  /** The same for the same folders. */
  id: string;
  /** "DoRA r16, step 200", "model" */
  name: string;
  /** What it is: "starter", "base model", "adapter on model" */
  detail: string;
  /** Folder of the model that it began as; its own for one that is nobody's descendant. */
  base: string;
  /** Of the run's data: paper, alpaca, chat or a text; undefined where no run says it. */
  template?: string;
}

/** data: as each run's own data; else as `AskedModel.form`. */
export type PromptForm = 'plain' | 'chat' | 'paper' | 'alpaca' | 'data';
export const promptForms: readonly PromptForm[] = ['plain', 'chat', 'paper', 'alpaca', 'data'];

export interface Question {
  prompt: string;
  form: PromptForm;
  settings: AnswerSettings;
}

/** waiting: for those before it. */
export type AnswerState = 'waiting' | 'loading' | 'writing' | 'ended' | 'failed';

export interface Answer {
  state: AnswerState;
  tokens: AnswerToken[];
  /** 0 until known. */
  promptTokens: number;
  memoryBytes: number;
  /** Names of columns whose weights it shares. */
  sharedWith: string[];
  figures?: AnswerFigures;
  /** Why it failed. */
  problem?: string;
}

export interface KeptAnswer {
  name: string;
  text: string;
  /** Undefined where it failed. */
  figures?: AnswerFigures;
  problem?: string;
}

/** A question that was asked, the newest first in a list. */
export interface HistoryEntry extends Question {
  id: number;
  /** ISO time. */
  asked: string;
  answers: KeptAnswer[];
}

/** What a command puts into the prompt. Another number: another draft, though it may read the same; a page keeps the
 * number of the one that it has taken. */
export interface Draft {
  number: number;
  prompt: string;
  form: PromptForm;
}

export interface PlaygroundPageState {
  columns: PlaygroundColumn[];
  /** By the column's id; of the last question. */
  answers: Record<string, Answer>;
  isAnswering: boolean;
  history: HistoryEntry[];
  /** As of the last question; undefined before the first. */
  last: Question | undefined;
  draft: Draft | undefined;
  /** In an untrusted workspace nothing answers. */
  mayRun: boolean;
}

export interface PlaygroundPageMethods extends CommonMethods {
  readState(): Snapshot<PlaygroundPageState>;
  /** The user picks one or more. */
  addColumns(): void;
  removeColumn(id: string): void;
  ask(question: Question): void;
  /** One column, or all. */
  stop(id: string | null): void;
  /** One entry, or all. */
  forget(entry: number | null): void;
}

export interface PlaygroundPageEvents {
  columnsChanged: PlaygroundColumn[];
  asked: { question: Question; answers: Record<string, Answer> };
  answered: { id: string; event: AnswerEvent };
  /** No column writes any more. */
  finished: HistoryEntry[];
  historyChanged: HistoryEntry[];
  drafted: Draft;
  trustGranted: null;
}

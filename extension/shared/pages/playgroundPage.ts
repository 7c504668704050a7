// The playground: what the page asks of the host and what the host tells it.
import type {
  AnswerEvent,
  AnswerFigures,
  AnswerSettings,
  AnswerToken,
  BaseChoice,
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
  /** What the base's weights are; left out: as the adapter records it, else as its files have them. */
  quantize?: BaseChoice;
  /** Its name where that does not tell the base's weights. */
  plainName?: string;
  /** Of the run's data: paper, alpaca, chat or a text; undefined where no run says it. */
  template?: string;
}

/** data: as each run's own data; else as `AskedModel.form`. */
export type PromptForm = 'plain' | 'chat' | 'paper' | 'alpaca' | 'data';
export const promptForms: readonly PromptForm[] = ['plain', 'chat', 'paper', 'alpaca', 'data'];

export interface Question {
  prompt: string;
  form: PromptForm;
  /** Before the first turn of a conversation; empty for none. */
  system: string;
  settings: AnswerSettings;
}

/** waiting: for those before it. */
export type AnswerState = 'waiting' | 'quantising' | 'loading' | 'writing' | 'ended' | 'failed';

export interface Answer {
  state: AnswerState;
  tokens: AnswerToken[];
  /** Of an answer of which no more than its text was kept. */
  text?: string;
  /** 0 until known. */
  promptTokens: number;
  contextLength: number;
  /** What the base is quantised to. */
  quantization?: string;
  memoryBytes: number;
  baseBytes: number;
  /** Names of columns that have the same base's weights in the same memory. */
  sharedWith: string[];
  figures?: AnswerFigures;
  /** What the model's template ends it with, where the model wrote that out. */
  stopText?: string;
  /** Why it failed. */
  problem?: string;
}

/** Of a conversation; in every form but chat a question has one turn alone. */
export interface Turn {
  prompt: string;
  /** By the column's id; of those that were asked. */
  answers: Record<string, Answer>;
}

export interface KeptAnswer {
  /** The column's id. */
  column: string;
  text: string;
  /** Undefined where it failed. */
  figures?: AnswerFigures;
  problem?: string;
}

export interface KeptTurn {
  prompt: string;
  answers: KeptAnswer[];
}

/** A conversation, or a question by itself; the newest first in a list. */
export interface HistoryEntry extends Omit<Question, 'prompt'> {
  id: number;
  /** ISO time of its last question. */
  asked: string;
  /** Those that answered. */
  columns: PlaygroundColumn[];
  turns: KeptTurn[];
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
  /** With the one that is being answered; empty before the first. */
  turns: readonly Turn[];
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
  /** The user picks one or more; each has a column of its own. */
  chooseBases(id: string): void;
  /** Goes on with the conversation, or starts over from one of its turns, by its place from 0. */
  ask(question: Question, from: number | null): void;
  /** The last prompt once more. */
  regenerate(settings: AnswerSettings): void;
  newConversation(): void;
  /** Goes on with an entry of the history. */
  resume(entry: number): void;
  /** One column, or all. */
  stop(id: string | null): void;
  /** One entry, or all. */
  forget(entry: number | null): void;
}

export interface PlaygroundPageEvents {
  columnsChanged: PlaygroundColumn[];
  /** A question was asked, or another conversation is there. */
  turnsChanged: { turns: readonly Turn[]; last: Question | undefined; isAnswering: boolean };
  /** In the last turn. */
  answered: { id: string; event: AnswerEvent };
  /** No column writes any more. */
  finished: HistoryEntry[];
  historyChanged: HistoryEntry[];
  drafted: Draft;
  trustGranted: null;
}

// What `adapter-lab playground` reads and writes, one JSON object a line, and what an answer is made of.

export interface AnswerSettings {
  /** False: greedy, the likeliest token each time. */
  isSampled: boolean;
  temperature: number;
  /** Only among so many of the likeliest; 0: all. */
  topK: number;
  /** Only among the likeliest that together have this probability; 1: all. */
  topP: number;
  /** The same seed, settings, model and prompt give the same answer. */
  seed: number;
  maxNewTokens: number;
}

export const usualSettings: AnswerSettings = {
  ...{ isSampled: false, temperature: 0.8, topK: 50, topP: 0.95 },
  ...{ seed: 0, maxNewTokens: 128 },
};

/** A model folder, with a PEFT adapter on it or without. */
export interface ModelSource {
  model: string;
  adapter?: string;
}

/** The base's linear weights: as its files have them, or in 4-bit NormalFloat, with scales in 8 bits or not. */
export const baseChoices = ['none', 'nf4', 'nf4-double'] as const;
export type BaseChoice = (typeof baseChoices)[number];

/** What was asked before, and what one model answered. */
export interface ConversationTurn {
  prompt: string;
  answer: string;
}

/** One model that answers. */
export interface AskedModel extends ModelSource {
  /** What its events are marked with. */
  id: string;
  /** plain: as it stands; chat: the model's own template; else a template of instructions (paper, alpaca, a text). */
  form: string;
  /** As a `BaseChoice`, or with a block size as nf4-128; left out: as the adapter records it, else as its files. */
  quantize?: string;
  /** Its conversation so far, in the form chat. */
  before?: ConversationTurn[];
}

/** A token that could have stood here. */
export interface Alternative {
  text: string;
  /** 0 to 1 */
  probability: number;
}

export interface AnswerToken {
  /** What it adds to the text; empty while a character lacks bytes. */
  text: string;
  /** By itself, for its card: "</s>" for one that adds no text. */
  name: string;
  /** Of the model, before temperature and the like. */
  probability: number;
  /** The likeliest first. */
  alternatives: Alternative[];
}

/** end: the model ended it; length: as long as allowed; context: the model's context is full; stopped: by the user. */
export type AnswerEnd = 'end' | 'length' | 'context' | 'stopped';

export interface AnswerFigures {
  end: AnswerEnd;
  tokens: number;
  /** Until the first token. */
  promptSeconds: number;
  /** From the first token to the last. */
  seconds: number;
}

export type PlaygroundRequest =
  | {
      kind: 'ask';
      /** Marks all events of the round; a new one ends that before. */
      round: number;
      prompt: string;
      /** What a conversation begins with, in the form chat. */
      system?: string;
      settings: AnswerSettings;
      /** Answer one after another, in this order. */
      models: AskedModel[];
    }
  /** Of one model, or of all. */
  | { kind: 'stop'; id?: string };

/** What is told of one model's answer. */
export type AnswerEvent =
  /** The base is made smaller once, and kept for the next time. */
  | { kind: 'quantising' }
  | { kind: 'loading' }
  | {
      kind: 'started';
      /** With the conversation before it. */
      promptTokens: number;
      /** The most that the model reads and writes. */
      contextLength: number;
      /** What the base is quantised to; undefined where it is not. */
      quantization?: string;
      /** Of the base and what is on it. */
      memoryBytes: number;
      /** Of the base alone. */
      baseBytes: number;
      /** Other models of the round that have the base's weights in the same memory, by id. */
      sharedWith: string[];
    }
  | { kind: 'tokens'; tokens: AnswerToken[] }
  /** `stopText`: what the model's template ends an answer with, where the model wrote it out. */
  | ({ kind: 'ended'; stopText?: string } & AnswerFigures)
  | { kind: 'failed'; message: string };

export type PlaygroundEvent =
  | { kind: 'answer'; round: number; id: string; event: AnswerEvent }
  | { kind: 'done'; round: number }
  /** The request itself was not understood. */
  | { kind: 'refused'; message: string };

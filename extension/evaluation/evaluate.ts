// Asks a model a task's questions and scores what it says. Answers that are there already are not asked again.
import type { TextTokenizer } from '../model/tokenizer';
import type { Interval } from '../shared/statistics/interval';
import type { AlikeAnswers } from './alikeAnswers';
import { askChoices } from './askChoices';
import { askGeneration } from './askGeneration';
import type { Generator } from './generator';
import { answerTurns, type AnswersResult } from './judge/answerTurns';
import type { ConversationFormat } from './judge/conversationFormat';
import { measurePerplexity } from './measurePerplexity';
import type { TaskQuestions } from './taskQuestions';

export interface EvaluatedModel {
  generator: Generator;
  tokenizer: TextTokenizer;
  endTokens: number[];
  /** Longest text that the model was made for. */
  contextLength: number;
  /** Changes whenever the weights or the adapter do. */
  fingerprint: string;
  /** How it is asked in conversations, by a judged task's template. */
  conversations: (template: string) => ConversationFormat;
}

export interface Progress {
  done: number;
  /** Of a perplexity task: pieces of text; of a judged one: turns. */
  questions: number;
  correct: number;
  /** Outputs in which an answer was found. */
  extracted: number;
  /** Its answers are judged when all are there. */
  isUnscored?: true;
  /** So far, of a perplexity task. */
  nats?: number;
  tokens?: number;
}

export interface EvaluationSettings {
  /** The results file: appended to, and put in order when it is complete. */
  file: string;
  /** Questions in work at a time; no answer depends on it. */
  atOnce: number;
  /** Answers of another model, or to other questions, are set aside instead of being refused. */
  replace?: boolean;
  onProgress?: (progress: Progress) => void;
  /** Something that somebody should know: answers were set aside. */
  onNote?: (note: string) => void;
  /** What was answered stays in the file. */
  signal?: AbortSignal;
}

interface Measured {
  task: string;
  seconds: number;
  /** Questions that, with their answer, are longer than the model's context; they are asked all the same. */
  beyondContext: number;
}

export interface AccuracyResult extends Measured {
  protocol: 'generation' | 'choice';
  /** With which it is averaged; absent for none. */
  group?: string;
  n: number;
  correct: number;
  accuracy: number;
  interval: Interval;
  /** Where nearly all answers are one, and wrong too often. */
  alike?: AlikeAnswers;
}

export interface PerplexityResult extends Measured {
  protocol: 'perplexity';
  /** Foretold tokens. */
  tokens: number;
  natsPerToken: number;
  perplexity: number;
}

export type TaskResult = AccuracyResult | PerplexityResult | AnswersResult;

export async function evaluateTask(
  asked: TaskQuestions,
  model: EvaluatedModel,
  settings: EvaluationSettings,
): Promise<TaskResult> {
  switch (asked.protocol) {
    case 'generation':
      return askGeneration(asked, model, settings);
    case 'choice':
      return askChoices(asked, model, settings);
    case 'perplexity':
      return measurePerplexity(asked, model, settings);
    case 'judged':
      return answerTurns(asked, model, settings);
  }
}

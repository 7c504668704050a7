// Lines of two files: what a model answered in a conversation (results/TASK.jsonl), and what judges wrote of it
// (results/judgements/TASK.jsonl). Both are only ever appended to; readers pass over lines that are not whole.
import { wordingVersion } from './judgePrompt';
import { highestScore, lowestScore, type VerdictProblem } from './verdict';

/** One answer. Everything that a judge needs is here, so that it can be asked on another day and machine. */
export interface AnswerLine {
  /** Of the question in its file, from 0. */
  index: number;
  /** The question's own name in its file. */
  id: string;
  category: string;
  /** From 1. */
  turn: number;
  /** What the user says in this turn. */
  question: string;
  reference?: string;
  /** What the model answered, stripped. */
  text: string;
  tokens: number[];
  /** The whole text that the model was given, earlier turns included. */
  prompt: string;
  promptHash: string;
  /** Which model wrote it, and with which settings of generation. */
  model: string;
  /** Of the prompt, the text, the model and the references: what judgements are about. */
  answerHash: string;
}

/** What one judge said of one answer. */
export interface Judgement {
  index: number;
  turn: number;
  /** Name of the judge's model, as the user gave it. */
  judge: string;
  /** As the server calls the model that answered. */
  served?: string;
  /** Null: not judged. */
  score: number | null;
  /** Why not. */
  problem?: VerdictProblem;
  /** The judge's last reply, whole. */
  text: string;
  /** Replies asked for. */
  tries: number;
  /** Of the answer that was judged, and of all that the judge was given. */
  answerHash: string;
  promptHash: string;
  /** Which version of the judge's prompt that was. */
  wording: number;
}

/** Of one model, by default the one that answered last: the last line of each turn; by question, then turn. */
export function currentAnswers(text: string, ofModel?: string): AnswerLine[] {
  const lines = parseLines(text, isAnswer);
  const model = ofModel ?? lines.at(-1)?.model;
  const last = new Map<string, AnswerLine>();
  for (const line of lines) {
    if (line.model === model) last.set(turnKey(line), line);
  }
  return [...last.values()].sort((a, b) => a.index - b.index || a.turn - b.turn);
}

/** The last line for each judge and answer. Those of another version of the prompt are not mixed with this one's. */
export function currentJudgements(text: string): Judgement[] {
  const last = new Map<string, Judgement>();
  for (const line of parseLines(text, isJudgement)) {
    if (line.wording !== wordingVersion) continue;
    const key = judgementKey(line);
    // The judge that was asked last stands last.
    last.delete(key);
    last.set(key, line);
  }
  return [...last.values()];
}

export function turnKey({ index, turn }: { index: number; turn: number }): string {
  return `${index} ${turn}`;
}

export function judgementKey(line: Pick<Judgement, 'judge' | 'promptHash'>): string {
  return `${line.promptHash} ${line.judge}`;
}

function parseLines<Line>(text: string, isLine: (value: unknown) => value is Line): Line[] {
  return text.split('\n').flatMap((line) => {
    if (line === '') return [];
    try {
      const value: unknown = JSON.parse(line);
      return isLine(value) ? [value] : [];
    } catch {
      // The last line of a writer that was killed.
      return [];
    }
  });
}

/** A line of a results file; undefined for one of another kind, or one that is not whole. */
export function parseAnswer(line: string): AnswerLine | undefined {
  return parseLines(line, isAnswer)[0];
}

function isAnswer(value: unknown): value is AnswerLine {
  if (typeof value !== 'object' || value === null) return false;
  const { index, turn, reference, tokens, ...rest } = value as Record<string, unknown>;
  const { id, category, question, text, prompt, promptHash, model, answerHash } = rest;
  const texts = [id, category, question, text, prompt, promptHash, model, answerHash];
  return (
    isTurn(index, turn) &&
    texts.every((one) => typeof one === 'string') &&
    (reference === undefined || typeof reference === 'string') &&
    Array.isArray(tokens)
  );
}

function isJudgement(value: unknown): value is Judgement {
  if (typeof value !== 'object' || value === null) return false;
  const { index, turn, score, wording, ...rest } = value as Record<string, unknown>;
  const { judge, text, answerHash, promptHash } = rest;
  const isScore =
    score === null || (typeof score === 'number' && score >= lowestScore && score <= highestScore);
  return (
    isTurn(index, turn) &&
    isScore &&
    typeof wording === 'number' &&
    [judge, text, answerHash, promptHash].every((one) => typeof one === 'string')
  );
}

function isTurn(index: unknown, turn: unknown): boolean {
  return Number.isInteger(index) && Number.isInteger(turn) && Number(turn) >= 1;
}

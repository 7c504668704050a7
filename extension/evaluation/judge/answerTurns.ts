// First half of a judged task: the model answers every turn of every conversation. Answers that are in the file
// already are not asked for again.
import { createHash } from 'node:crypto';
import { currentAnswers, turnKey, type AnswerLine } from '../../shared/judging/conversationLines';
import type { EvaluatedModel } from '../evaluate';
import type { ConversationFormat } from './conversationFormat';
import { LineLog, readIfThere } from './lineLog';
import type { ConversationQuestion } from './questions';
import type { JudgedTask } from '../task';

export interface AnswerProgress {
  done: number;
  /** Of all conversations together. */
  turns: number;
}

export interface AnswerSettings {
  /** The file of answers, appended to. */
  file: string;
  /** Conversations in work at a time. */
  batchSize: number;
  onProgress?: (progress: AnswerProgress) => void;
  /** Stops between two batches; what was answered stays in the file. */
  signal?: AbortSignal;
}

export interface ConversingModel extends EvaluatedModel {
  format: ConversationFormat;
}

export interface Answered {
  /** By question, then turn. */
  answers: AnswerLine[];
  /** Turns that, with their answer, are longer than the model's context; they are asked all the same. */
  beyondContext: number;
}

/** A turn to be answered. */
interface OpenTurn {
  question: ConversationQuestion;
  turn: number;
  prompt: string;
  promptHash: string;
}

export async function answerTurns(
  task: JudgedTask,
  questions: readonly ConversationQuestion[],
  model: ConversingModel,
  settings: AnswerSettings,
): Promise<Answered> {
  const modelHash = hashOf(
    JSON.stringify([model.fingerprint, endTokensOf(model), task.generation]),
  );
  const known = new Map(
    currentAnswers(readIfThere(settings.file), modelHash).map((line) => [turnKey(line), line]),
  );
  const turns = questions.reduce((sum, question) => sum + question.turns.length, 0);
  const log = new LineLog<AnswerLine>(settings.file);
  const answers = new Map<string, AnswerLine>();
  const keep = (lines: readonly AnswerLine[]): void => {
    for (const line of lines) answers.set(turnKey(line), line);
    settings.onProgress?.({ done: answers.size, turns });
  };
  let beyondContext = 0;
  try {
    const most = Math.max(0, ...questions.map((question) => question.turns.length));
    for (let turn = 1; turn <= most; turn++) {
      const asked = questions
        .filter((question) => question.turns.length >= turn)
        .map((question) => openTurn(question, turn, { format: model.format, answers }));
      const found = asked.flatMap((one) => {
        const line = known.get(turnKey({ index: one.question.index, turn }));
        return line?.promptHash === one.promptHash ? [{ one, line }] : [];
      });
      const kept = found.map(({ one, line }) => withQuestion(line, one, answers));
      // Another reference is another thing to be judged by, though the answer stands.
      log.append(kept.filter((line, i) => line.answerHash !== found[i]?.line.answerHash));
      keep(kept);
      const isKnown = new Set(found.map(({ one }) => one));
      const open = asked.filter((one) => !isKnown.has(one));
      for (let first = 0; first < open.length; first += settings.batchSize) {
        settings.signal?.throwIfAborted();
        const batch = open.slice(first, first + settings.batchSize);
        const { texts, beyond } = await generate(task, batch, model);
        beyondContext += beyond;
        const lines = batch.map((one, i) => {
          const { text, tokens } = texts[i] ?? { text: '', tokens: [] };
          return withQuestion({ text, tokens, model: modelHash }, one, answers);
        });
        log.append(lines);
        keep(lines);
      }
    }
  } finally {
    log.close();
  }
  const sorted = [...answers.values()].sort((a, b) => a.index - b.index || a.turn - b.turn);
  return { answers: sorted, beyondContext };
}

type Answers = ReadonlyMap<string, AnswerLine>;

function openTurn(
  question: ConversationQuestion,
  turn: number,
  { format, answers }: { format: ConversationFormat; answers: Answers },
): OpenTurn {
  const before = earlier(question, turn, answers).map(({ text }) => text);
  const prompt = format.prompt(question.turns.slice(0, turn), before);
  return { question, turn, prompt, promptHash: hashOf(prompt) };
}

function earlier({ index }: ConversationQuestion, turn: number, answers: Answers): AnswerLine[] {
  return Array.from({ length: turn - 1 }, (_, i) =>
    answers.get(turnKey({ index, turn: i + 1 })),
  ).filter((line) => line !== undefined);
}

function withQuestion(
  { text, tokens, model }: Pick<AnswerLine, 'text' | 'tokens' | 'model'>,
  { question, turn, prompt, promptHash }: OpenTurn,
  answers: Answers,
): AnswerLine {
  const { index, id, category, turns, references } = question;
  const reference = references[turn - 1];
  const before = earlier(question, turn, answers).map(({ answerHash }) => answerHash);
  return {
    ...{ index, id, category, turn, question: turns[turn - 1] ?? '' },
    ...(reference !== undefined && { reference }),
    ...{ text, tokens, prompt, promptHash, model },
    answerHash: hashOf(JSON.stringify([...before, prompt, text, model, reference ?? null])),
  };
}

async function generate(
  task: JudgedTask,
  batch: readonly OpenTurn[],
  model: ConversingModel,
): Promise<{ texts: { text: string; tokens: number[] }[]; beyond: number }> {
  const { generator, tokenizer, contextLength, format } = model;
  const prompts = batch.map(({ prompt }) => format.encode(prompt));
  const { maxNewTokens, stopTexts } = task.generation;
  const outputs = await generator.generate({
    ...{ prompts, maxNewTokens, beams: 1, lengthPenalty: 1, earlyStopping: false },
    ...{ endTokens: endTokensOf(model), atOnce: prompts.length },
  });
  const texts = batch.map((_, i) => {
    const tokens = Array.from(outputs[i]?.tokens ?? []);
    const text = tokenizer.decode(tokens, { skipSpecial: true });
    return { text: cutAtStop(text, [...stopTexts, ...format.stopTexts]).trim(), tokens };
  });
  const longest = contextLength - task.generation.maxNewTokens;
  return { texts, beyond: prompts.filter((prompt) => prompt.length > longest).length };
}

function endTokensOf({ endTokens, format }: ConversingModel): number[] {
  return [...new Set([...endTokens, ...format.endTokens])];
}

/** What stands before the first of the stop texts. */
function cutAtStop(text: string, stopTexts: readonly string[]): string {
  const stops = stopTexts.map((stop) => text.indexOf(stop)).filter((place) => place >= 0);
  return stops.length === 0 ? text : text.slice(0, Math.min(...stops));
}

/** First 16 hexadecimal digits of the sha256. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

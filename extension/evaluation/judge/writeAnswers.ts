// Has the model write the answers of turns: greedily, or drawn at the temperature of their category; those of one
// temperature together.
import type { RequestSampling, WrittenText } from '../../shared/generation';
import type { AnswerLine } from '../../shared/judging/conversationLines';
import type { EvaluatedModel, EvaluationSettings } from '../evaluate';
import { shortHash } from '../hash';
import { cutText, StopTexts } from '../stopTexts';
import type { JudgedTask } from '../task';
import type { ConversationFormat } from './conversationFormat';
import type { ConversationQuestion } from './questions';

/** A turn to be answered. */
export interface OpenTurn {
  question: ConversationQuestion;
  /** From 1. */
  turn: number;
  prompt: string;
  promptHash: string;
}

interface Writer {
  model: EvaluatedModel;
  format: ConversationFormat;
}

type Written = Pick<AnswerLine, 'text' | 'tokens'>;
type OnWritten = (one: OpenTurn, written: Written) => void;

/** How many of the turns are, with their answer, longer than the model's context. */
export async function writeAnswers(
  task: JudgedTask,
  open: readonly OpenTurn[],
  writer: Writer,
  { settings, onWritten }: { settings: EvaluationSettings; onWritten: OnWritten },
): Promise<number> {
  const { model, format } = writer;
  const encoded = open.map((one) => ({ one, tokens: format.encode(one.prompt) }));
  const longest = model.contextLength - task.generation.maxNewTokens;
  for (const group of groupsOf(task, encoded)) {
    if (settings.signal?.aborted === true) break;
    await writeGroup(task, group, writer, { settings, onWritten });
  }
  return encoded.filter(({ tokens }) => tokens.length > longest).length;
}

interface EncodedTurn {
  one: OpenTurn;
  tokens: Int32Array;
}

interface Group {
  turns: EncodedTurn[];
  sampling?: RequestSampling;
}

/** Turns of one temperature. What is drawn depends on question and turn, not on what was answered before a kill. */
function groupsOf({ generation }: JudgedTask, encoded: readonly EncodedTurn[]): Group[] {
  const { temperature, temperatures, topK, topP, seed } = generation;
  const byTemperature = new Map<number, EncodedTurn[]>();
  for (const turn of encoded) {
    const { category } = turn.one.question;
    const own = Object.hasOwn(temperatures, category)
      ? (temperatures[category] ?? temperature)
      : temperature;
    byTemperature.set(own, [...(byTemperature.get(own) ?? []), turn]);
  }
  return [...byTemperature].map(([own, turns]) => ({
    turns,
    ...(own > 0 && {
      sampling: { temperature: own, topK, topP, seed, numbers: turns.map(numberOf) },
    }),
  }));
}

/** The same wherever the question stands in its file. */
function numberOf({ one: { question, turn } }: EncodedTurn): number {
  return Number.parseInt(shortHash(JSON.stringify([question.id, turn])).slice(0, 8), 16);
}

async function writeGroup(
  { generation }: JudgedTask,
  { turns, sampling }: Group,
  { model, format }: Writer,
  { settings, onWritten }: { settings: EvaluationSettings; onWritten: OnWritten },
): Promise<void> {
  const { generator, tokenizer } = model;
  const stops = [...generation.stopTexts, ...format.stopTexts];
  const stopTexts = new StopTexts(stops, tokenizer);
  const written = (place: number, { tokens, ended }: WrittenText): void => {
    const turn = turns[place];
    // One that was cancelled is asked again another time.
    if (turn === undefined || (ended === 'stopped' && !stopTexts.stopped(place))) return;
    const kept = stopTexts.cut(tokens);
    const text = cutText(tokenizer.decode(kept, { skipSpecial: true }), stops).trim();
    onWritten(turn.one, { text, tokens: Array.from(kept) });
  };
  const stop = (): void => {
    generator.stopGenerating();
  };
  settings.signal?.addEventListener('abort', stop);
  try {
    await generator.generate(
      {
        prompts: turns.map(({ tokens }) => tokens),
        ...{ maxNewTokens: generation.maxNewTokens, beams: 1, lengthPenalty: 1 },
        ...{ earlyStopping: false, atOnce: settings.atOnce },
        endTokens: [...new Set([...model.endTokens, ...format.endTokens])],
        ...(sampling !== undefined && { sampling }),
      },
      {
        done: written,
        ...(stops.length > 0 && {
          token: ({ prompt, token }) => {
            if (stopTexts.sees(prompt, token)) generator.stopGenerating(prompt);
          },
        }),
      },
    );
  } finally {
    settings.signal?.removeEventListener('abort', stop);
  }
}

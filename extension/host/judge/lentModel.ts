// A language model of the editor, lent to the command line as a judge: questions come as lines, replies go back as
// lines. Free of VS Code.
import type { ChatTurn } from '../../shared/judging/judgePrompt';

export interface LentModel {
  /** As judgements name it. */
  name: string;
  /** Throws a LentModelError, or anything else when it could not be reached. */
  ask: (messages: readonly ChatTurn[], signal: AbortSignal) => Promise<string>;
}

/** Why a model does not reply, and will not either when it is asked once more. */
export class LentModelError extends Error {
  constructor(
    /** Declined: not this conversation. Refused: none at all. */
    readonly code: 'judge-declined' | 'judge-refused',
    message: string,
  ) {
    super(message);
  }
}

/** Before each further try: such models are shared, and are busy at times. */
export const lentModelWaitsMs: readonly number[] = [2000, 10_000, 30_000];

interface Asked {
  ask: number;
  messages: ChatTurn[];
}

/** The line to reply with; undefined for a line that asks nothing. */
export async function replyTo(
  line: string,
  model: LentModel,
  signal: AbortSignal,
  waitsMs: readonly number[] = lentModelWaitsMs,
): Promise<string | undefined> {
  const asked = parseAsked(line);
  if (asked === undefined) return undefined;
  const { ask, messages } = asked;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return JSON.stringify({ ask, text: await model.ask(messages, signal) });
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (error instanceof LentModelError) {
        return JSON.stringify({ ask, problem, code: error.code });
      }
      const waitMs = waitsMs[attempt];
      if (waitMs === undefined || signal.aborted) return JSON.stringify({ ask, problem });
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

function parseAsked(line: string): Asked | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isAsked(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isAsked(value: unknown): value is Asked {
  if (typeof value !== 'object' || value === null) return false;
  const { ask, messages } = value as Record<string, unknown>;
  return typeof ask === 'number' && Array.isArray(messages);
}

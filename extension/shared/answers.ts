// An answer as it grows: how each event changes it, the same in the host, which keeps it, and in the page.
import type { AnswerEvent, ConversationTurn } from './playground';
import type { Answer, KeptAnswer, Turn } from './pages/playgroundPage';

export const waitingAnswer: Answer = {
  ...{ state: 'waiting', tokens: [], promptTokens: 0, contextLength: 0 },
  ...{ memoryBytes: 0, baseBytes: 0, sharedWith: [] },
};

export function isOpen({ state }: Answer): boolean {
  return state !== 'ended' && state !== 'failed';
}

/** `nameOf`: of a column by its id. */
export function answerAfter(
  answer: Answer,
  event: AnswerEvent,
  nameOf: (id: string) => string,
): Answer {
  switch (event.kind) {
    case 'quantising':
    case 'loading':
      return { ...answer, state: event.kind };
    case 'started': {
      const { promptTokens, contextLength, quantization, memoryBytes, baseBytes } = event;
      return {
        ...{ ...answer, state: 'writing', promptTokens, contextLength, memoryBytes, baseBytes },
        ...(quantization !== undefined && { quantization }),
        sharedWith: event.sharedWith.map(nameOf),
      };
    }
    case 'tokens':
      return { ...answer, state: 'writing', tokens: [...answer.tokens, ...event.tokens] };
    case 'ended': {
      const { end, tokens, promptSeconds, seconds, stopText } = event;
      const figures = { end, tokens, promptSeconds, seconds };
      return { ...answer, state: 'ended', figures, ...(stopText !== undefined && { stopText }) };
    }
    case 'failed':
      return { ...answer, state: 'failed', problem: event.message };
  }
}

/** Without what its template ends it with. */
export function answerText({ tokens, text, stopText }: Answer): string {
  const written = text ?? tokens.map((token) => token.text).join('');
  const end = stopText === undefined ? -1 : written.indexOf(stopText);
  return end < 0 ? written : written.slice(0, end);
}

/** Whether it is part of what its model is told of the conversation. */
export function isHeard(answer: Answer | undefined): answer is Answer {
  if (answer?.state !== 'ended') return false;
  const { figures } = answer;
  return answerText(answer) !== '' || (figures !== undefined && figures.end !== 'stopped');
}

/** A model goes on with its own answers; it hears nothing of a turn that it did not answer. */
export function turnsOf(id: string, turns: readonly Turn[]): ConversationTurn[] {
  return turns.flatMap(({ prompt, answers }) => {
    const answer = answers[id];
    return isHeard(answer) ? [{ prompt, answer: answerText(answer) }] : [];
  });
}

/** With an event of one model's answer to the last turn; undefined if that has no such answer. */
export function turnsAfter(
  turns: readonly Turn[],
  { id, event }: { id: string; event: AnswerEvent },
  nameOf: (id: string) => string,
): Turn[] | undefined {
  const last = turns.at(-1);
  const answer = last?.answers[id];
  if (last === undefined || answer === undefined) return undefined;
  const answers = { ...last.answers, [id]: answerAfter(answer, event, nameOf) };
  return [...turns.slice(0, -1), { ...last, answers }];
}

/** As the history keeps it. */
export function keptAnswer(column: string, answer: Answer): KeptAnswer {
  const { figures, problem } = answer;
  const text = answerText(answer);
  return { column, text, ...(figures && { figures }), ...(problem !== undefined && { problem }) };
}

/** Of the history: its text, no longer token by token. */
export function answerOf({ text, figures, problem }: KeptAnswer): Answer {
  const state = problem === undefined ? 'ended' : 'failed';
  return {
    ...{ ...waitingAnswer, state, text },
    ...(figures && { figures }),
    ...(problem !== undefined && { problem }),
  };
}

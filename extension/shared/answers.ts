// An answer as it grows: how each event changes it, the same in the host, which keeps it, and in the page.
import type { AnswerEvent } from './playground';
import type { Answer, KeptAnswer } from './pages/playgroundPage';

export const waitingAnswer: Answer = {
  ...{ state: 'waiting', tokens: [], promptTokens: 0, memoryBytes: 0, sharedWith: [] },
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
    case 'loading':
      return { ...answer, state: 'loading' };
    case 'started': {
      const { promptTokens, memoryBytes } = event;
      const sharedWith = event.sharedWith.map(nameOf);
      return { ...answer, state: 'writing', promptTokens, memoryBytes, sharedWith };
    }
    case 'tokens':
      return { ...answer, state: 'writing', tokens: [...answer.tokens, ...event.tokens] };
    case 'ended': {
      const { end, tokens, promptSeconds, seconds } = event;
      return { ...answer, state: 'ended', figures: { end, tokens, promptSeconds, seconds } };
    }
    case 'failed':
      return { ...answer, state: 'failed', problem: event.message };
  }
}

export function answerText({ tokens }: Answer): string {
  return tokens.map(({ text }) => text).join('');
}

/** As the history keeps it. */
export function keptAnswer(name: string, answer: Answer): KeptAnswer {
  const { figures, problem } = answer;
  const text = answerText(answer);
  return { name, text, ...(figures && { figures }), ...(problem !== undefined && { problem }) };
}

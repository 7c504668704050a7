// How each event changes what the page shows.
import { answerAfter } from '../../extension/shared/answers';
import type {
  PlaygroundPageEvents,
  PlaygroundPageState,
} from '../../extension/shared/pages/playgroundPage';
import type { Changes } from '../../extension/shared/rpc';

export const changes: Changes<PlaygroundPageState, PlaygroundPageEvents> = {
  columnsChanged: (state, columns) => ({ ...state, columns }),
  asked: (state, { question, answers }) => ({
    ...{ ...state, last: question, answers, isAnswering: true },
  }),
  answered: (state, { id, event }) => {
    const answer = state.answers[id];
    if (answer === undefined) return state;
    const nameOf = (one: string): string => state.columns.find((c) => c.id === one)?.name ?? one;
    const changed = answerAfter(answer, event, nameOf);
    return { ...state, answers: { ...state.answers, [id]: changed } };
  },
  finished: (state, history) => ({ ...state, history, isAnswering: false }),
  historyChanged: (state, history) => ({ ...state, history }),
  drafted: (state, draft) => ({ ...state, draft }),
  trustGranted: (state) => ({ ...state, mayRun: true }),
};

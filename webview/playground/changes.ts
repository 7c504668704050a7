// How each event changes what the page shows.
import { answerAfter } from '../../extension/shared/answers';
import type {
  PlaygroundPageEvents,
  PlaygroundPageState,
} from '../../extension/shared/pages/playgroundPage';
import type { Changes } from '../../extension/shared/rpc';

export const changes: Changes<PlaygroundPageState, PlaygroundPageEvents> = {
  columnsChanged: (state, columns) => ({ ...state, columns }),
  turnsChanged: (state, { turns, last, isAnswering }) => ({ ...state, turns, last, isAnswering }),
  answered: (state, { id, event }) => {
    const last = state.turns.at(-1);
    const answer = last?.answers[id];
    if (last === undefined || answer === undefined) return state;
    const nameOf = (one: string): string => state.columns.find((c) => c.id === one)?.name ?? one;
    const answers = { ...last.answers, [id]: answerAfter(answer, event, nameOf) };
    return { ...state, turns: [...state.turns.slice(0, -1), { ...last, answers }] };
  },
  finished: (state, history) => ({ ...state, history, isAnswering: false }),
  historyChanged: (state, history) => ({ ...state, history }),
  drafted: (state, draft) => ({ ...state, draft }),
  trustGranted: (state) => ({ ...state, mayRun: true }),
};

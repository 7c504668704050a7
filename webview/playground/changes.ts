// How each event changes what the page shows.
import { turnsAfter } from '../../extension/shared/answers';
import type {
  PlaygroundPageEvents,
  PlaygroundPageState,
} from '../../extension/shared/pages/playgroundPage';
import type { Changes } from '../../extension/shared/rpc';

export const changes: Changes<PlaygroundPageState, PlaygroundPageEvents> = {
  columnsChanged: (state, columns) => ({ ...state, columns }),
  turnsChanged: (state, { turns, last, isAnswering }) => ({ ...state, turns, last, isAnswering }),
  answered: (state, news) => {
    const nameOf = (one: string): string => state.columns.find((c) => c.id === one)?.name ?? one;
    return { ...state, turns: turnsAfter(state.turns, news, nameOf) ?? state.turns };
  },
  finished: (state, history) => ({ ...state, history, isAnswering: false }),
  historyChanged: (state, history) => ({ ...state, history }),
  drafted: (state, draft) => ({ ...state, draft }),
  trustGranted: (state) => ({ ...state, mayRun: true }),
};

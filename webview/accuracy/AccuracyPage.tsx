// The page: the table, or the predictions behind one of its cells.
import type { VNode } from 'preact';
import type {
  AccuracyPageEvents,
  AccuracyPageMethods,
  AccuracyPageState,
} from '../../extension/shared/pages/accuracyPage';
import type { Changes } from '../../extension/shared/rpc';
import { Waiting } from '../components/Waiting';
import { useConnection, useKept } from '../page/connect';
import { PredictionsView, type PredictionsPlace } from './PredictionsView';
import { TableView } from './TableView';
import '../tables/tablePage.css';
import './accuracy.css';

const changes: Changes<AccuracyPageState, AccuracyPageEvents> = {
  rowsChanged: (state, { changed, removed, unevaluatedRuns }) => {
    const gone = new Set([...removed, ...changed.map(({ id }) => id)]);
    const rows = [...state.rows.filter(({ id }) => !gone.has(id)), ...changed];
    return { ...state, rows, unevaluatedRuns };
  },
  scoresChanged: (state, scored) => ({ ...state, scored }),
  readingEnded: (state) => ({ ...state, isReading: false }),
};

export function AccuracyPage(): VNode {
  const { state, problem, call } = useConnection<
    AccuracyPageState,
    AccuracyPageMethods,
    AccuracyPageEvents
  >(changes);
  const [place, setPlace] = useKept<PredictionsPlace | null>('predictions', null);
  if (state === undefined) return <Waiting problem={problem} />;
  const row = place && state.rows.find(({ id }) => id === place.rowId);
  if (place && row) {
    return (
      <PredictionsView
        place={place}
        row={row}
        rows={state.rows}
        call={call}
        onMove={setPlace}
        onBack={() => {
          setPlace(null);
        }}
      />
    );
  }
  return <TableView state={state} call={call} onOpen={setPlace} />;
}

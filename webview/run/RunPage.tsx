import type { VNode } from 'preact';
import type {
  RunPageEvents,
  RunPageMethods,
  RunPageState,
} from '../../extension/shared/pages/runPage';
import { effectiveEvents } from '../../extension/shared/run';
import type { Changes } from '../../extension/shared/rpc';
import { LineChart } from '../charts/LineChart';
import { Waiting } from '../components/Waiting';
import { useConnection } from '../page/connect';
import { t } from '../page/translate';
import './run.css';

const changes: Changes<RunPageState, RunPageEvents> = {
  statusChanged: (state, status) => ({ ...state, status }),
  eventsAppended: (state, { events, restarted }) => ({
    ...state,
    events: restarted ? events : [...state.events, ...events],
  }),
};

export function RunPage(): VNode {
  const { state, problem } = useConnection<RunPageState, RunPageMethods, RunPageEvents>(changes);
  if (state === undefined) return <Waiting problem={problem} />;
  const points = effectiveEvents(state.events).flatMap((event) =>
    event.type === 'step' ? [{ x: event.step, y: event.loss }] : [],
  );
  return (
    <>
      <h1>{state.run.experiment}</h1>
      <LineChart label={t('Training loss over steps')} lines={[{ label: t('Loss'), points }]} />
    </>
  );
}

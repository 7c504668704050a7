// How the host's events change the page's state.
import type {
  SlopeRun,
  SlopesPageEvents,
  SlopesPageState,
} from '../../extension/shared/pages/slopesPage';
import type { Changes } from '../../extension/shared/rpc';
import { joinSamples } from '../../extension/shared/slopes/samples';

export const changes: Changes<SlopesPageState, SlopesPageEvents> = {
  subjectChanged: (_, state) => state,
  samplesChanged: (state, { folder, ...news }) =>
    withRun(state, folder, (run) => ({
      ...run,
      names: news.names,
      samples: joinSamples(run.samples, news),
    })),
  progressed: (state, { folder, ...progress }) =>
    withRun(state, folder, (run) => ({ ...run, ...progress })),
};

function withRun(
  state: SlopesPageState,
  folder: string,
  change: (run: SlopeRun) => SlopeRun,
): SlopesPageState {
  const runs = state.runs.map((run) => (run.folder === folder ? change(run) : run));
  return { ...state, runs };
}

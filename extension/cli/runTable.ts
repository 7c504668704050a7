// What came of runs: state, loss, accuracy by task, slope and correlation, one row a run.
import { readEvents } from '../runs/eventReader';
import { readRunOrFail } from '../runs/runFolder';
import type { EventOf, RunEvent } from '../shared/run';
import { allModules } from '../shared/slopeFits';
import { percent } from '../shared/amounts';
import { labelOf, type RunOutcome } from './runQueue';
import { signed, table } from './wording';

export async function runTable(runs: RunOutcome[]): Promise<string> {
  const described = await Promise.all(
    runs.map(async (run) => ({ run, events: await readEvents(run.folder) })),
  );
  const tasks = [
    ...new Set(described.flatMap(({ events }) => accuracies(events).map(({ task }) => task))),
  ];
  const rows = described.map(({ run, events }) => {
    const fit = slopes(events)?.fits.find(({ module }) => module === allModules);
    const scores = tasks.map((task) =>
      accuracies(events)
        .filter((one) => one.task === task)
        .at(-1),
    );
    return [
      labelOf(readRunOrFail(run.folder)),
      run.state,
      `${run.step}/${run.steps}`,
      run.loss === null ? '-' : run.loss.toFixed(4),
      ...scores.map((score) => (score ? percent(score.accuracy) : '-')),
      signed(fit?.slope ?? null),
      signed(fit?.correlation ?? null),
    ];
  });
  return table(['run', 'state', 'step', 'loss', ...tasks, 'slope', 'correlation'], rows);
}

function accuracies(events: RunEvent[]): EventOf<'accuracy'>[] {
  return events.filter((event) => event.type === 'accuracy');
}

function slopes(events: RunEvent[]): EventOf<'slope'> | undefined {
  return events.filter((event) => event.type === 'slope').at(-1);
}

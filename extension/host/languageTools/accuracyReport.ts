// The answer of adapterLab_readAccuracies: runs by tasks, each figure with its questions and its interval. Free
// of VS Code.
import { groupsOf } from '../../shared/taskGroups';
import { wilsonInterval } from '../../shared/statistics/wilson';
import type { RunEvent } from '../../shared/run';
import type { RunView } from '../runModel';
import { runTitle } from './chosenRuns';
import { markdownTable, percent } from './reportText';

export interface EvaluatedRun {
  view: RunView;
  events: readonly RunEvent[];
}

interface Accuracy {
  group: string | undefined;
  correct: number;
  n: number;
  step: number;
}

export function accuraciesReport(runs: readonly EvaluatedRun[], tasks?: readonly string[]): string {
  const rows = runs.map(({ view, events }) => ({ view, accuracies: lastAccuracies(events) }));
  const names = [...new Set(rows.flatMap(({ accuracies }) => [...accuracies.keys()]))].filter(
    (task) => tasks?.includes(task) ?? true,
  );
  const evaluated = rows.filter(({ accuracies }) => names.some((task) => accuracies.has(task)));
  const others = rows.filter((row) => !evaluated.includes(row)).map((row) => row.view);
  if (evaluated.length === 0) {
    return 'None of these runs has been evaluated on these tasks yet. evaluation.tasks in the experiment file names tasks.';
  }
  const groups = groupsOf(
    names.map((task) => {
      const group = evaluated.map(({ accuracies }) => accuracies.get(task)?.group).find(Boolean);
      return { task, ...(group !== undefined && { group }) };
    }),
  );
  const table = markdownTable(
    ['run', 'name', 'step', ...names, ...groups.map(({ group }) => `mean ${group}`.trim())],
    evaluated
      .map(({ view, accuracies }) => {
        const means = groups.map(({ tasks: own }) => meanOf(accuracies, own));
        return { view, accuracies, means };
      })
      .sort((a, b) => (b.means[0] ?? -1) - (a.means[0] ?? -1))
      .map(({ view, accuracies, means }) => [
        view.run.id,
        runTitle(view),
        [...new Set([...accuracies.values()].map(({ step }) => step))].join(', '),
        ...names.map((task) => cell(accuracies.get(task))),
        ...means.map((mean) => (mean === undefined ? '-' : percent(mean))),
      ]),
  );
  return [
    'Accuracy in percent [95 % interval] of n questions, the best mean first:',
    table,
    'A mean is over the tasks of one group, weighs each the same and is left out where a task is missing. Two runs whose intervals overlap are not told apart by these figures alone.',
    ...(others.length === 0 ? [] : [`Not evaluated: ${others.map(idOf).join(', ')}.`]),
  ].join('\n\n');
}

/** The last word on a task counts. */
function lastAccuracies(events: readonly RunEvent[]): Map<string, Accuracy> {
  return new Map(
    events
      .filter((event) => event.type === 'accuracy')
      .map(({ task, group, correct, n, step }) => [task, { group, correct, n, step }]),
  );
}

function cell(accuracy: Accuracy | undefined): string {
  if (accuracy === undefined) return '-';
  const { correct, n } = accuracy;
  const { low, high } = wilsonInterval(correct, n);
  return `${percent(correct / Math.max(1, n))} [${percent(low)}, ${percent(high)}] of ${n}`;
}

function meanOf(
  accuracies: ReadonlyMap<string, Accuracy>,
  names: readonly string[],
): number | undefined {
  const shares = names.map((task) => {
    const found = accuracies.get(task);
    return found === undefined ? undefined : found.correct / Math.max(1, found.n);
  });
  if (shares.includes(undefined)) return undefined;
  return shares.reduce<number>((sum, share) => sum + (share ?? 0), 0) / shares.length;
}

function idOf({ run }: RunView): string {
  return run.id;
}

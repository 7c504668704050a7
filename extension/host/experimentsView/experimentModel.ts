// How an experiment file reads in the sidebar: what it makes, what it has, when it was last at work. Free of
// VS Code.
import { agoText } from '../../shared/timeText';
import type { Translate } from '../../shared/translate';
import { isActive, type RunView } from '../runModel';
import type { TreeLine } from '../treeLine';

/** What a file says when it is read: its runs, or why there are none. */
export type ExperimentOutcome =
  | { name: string; model: string; methods: string[]; runs: number }
  | { problem: string; line?: number };

export interface ExperimentEntry {
  file: string;
  outcome: ExperimentOutcome;
}

export interface ExperimentFileNode {
  kind: 'experimentFile';
  id: string;
  file: string;
  /** Relative to the workspace, for people. */
  path: string;
  outcome: ExperimentOutcome;
  activity: ExperimentActivity;
}

/** What the runs of a file come to. */
export interface ExperimentActivity {
  runs: number;
  running: number;
  waiting: number;
  /** ISO time of the last sign of life of any of them. */
  last: string | undefined;
}

/** Where files are, as VS Code and its settings have it. */
export interface ExperimentPlaces {
  /** Relative to the workspace. */
  pathOf: (file: string) => string;
  /** The folder that holds a file's runs. */
  runsOf: (file: string) => string;
}

/** Runs by the file that they name, and by where they lie: a folder may have been moved with its runs. */
class RunsOfFiles {
  private readonly byFile = new Map<string, RunView[]>();
  private readonly byPlace = new Map<string, RunView[]>();

  constructor(views: readonly RunView[]) {
    for (const view of views) {
      const { experimentFile } = view.run;
      addTo(this.byFile, experimentFile, view);
      addTo(this.byPlace, placeOf(parentOf(view.folder), experimentFile), view);
    }
  }

  of(file: string, runsDirectory: string): RunView[] {
    const named = this.byFile.get(file) ?? [];
    const lying = this.byPlace.get(placeOf(runsDirectory, file)) ?? [];
    return [...new Set([...named, ...lying])];
  }
}

function addTo(lists: Map<string, RunView[]>, key: string, view: RunView): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [view]);
  else list.push(view);
}

function placeOf(runsDirectory: string, file: string): string {
  return `${runsDirectory}\n${fileName(file)}`;
}

function parentOf(path: string): string {
  return path.replace(/[\\/][^\\/]*$/, '');
}

function activityOf(views: readonly RunView[]): ExperimentActivity {
  const activity = idle();
  for (const { status } of views) {
    activity.runs += 1;
    if (isActive(status.state)) activity.running += 1;
    if (status.state === 'queued') activity.waiting += 1;
    if (activity.last === undefined || activity.last < status.heartbeat) {
      activity.last = status.heartbeat;
    }
  }
  return activity;
}

function idle(): ExperimentActivity {
  return { runs: 0, running: 0, waiting: 0, last: undefined };
}

export function experimentLine(node: ExperimentFileNode, now: Date, t: Translate): TreeLine {
  const { outcome, activity, path } = node;
  const base = fileName(path);
  if ('problem' in outcome) {
    const reason = shortProblem(outcome.problem, node.file);
    return {
      label: base,
      description: reason,
      spoken: t('{0}, cannot be trained: {1}', base, reason),
      tooltip: outcome.problem,
      icon: 'warning',
      color: 'list.warningForeground',
      context: 'experimentFile broken',
    };
  }
  const { name } = outcome;
  const description = [
    // A file that is called otherwise than its experiment is found by its own name as well.
    ...(name === base ? [] : [base]),
    outcome.runs === 1 ? t('makes 1 run') : t('makes {0} runs', outcome.runs),
    ...activityTexts(activity, now, t),
  ].join(' · ');
  return {
    label: name,
    description,
    spoken: `${name}, ${description}`,
    tooltip: [
      path,
      t('Model: {0}', outcome.model),
      t('Methods: {0}', outcome.methods.join(', ')),
    ].join('\n'),
    icon: 'beaker',
    color: undefined,
    context: 'experimentFile',
  };
}

function activityTexts(
  { runs, running, waiting, last }: ExperimentActivity,
  now: Date,
  t: Translate,
): string[] {
  if (runs === 0 || last === undefined) return [t('none yet')];
  return [
    t('has {0}', runs),
    ...(running > 0 ? [t('{0} running', running)] : []),
    ...(waiting > 0 ? [waiting === 1 ? t('1 waits') : t('{0} wait', waiting)] : []),
    ...(running > 0 ? [] : [agoText(new Date(last), now, t)]),
  ];
}

/** "boolq" of "experiments/boolq.experiment.json" */
export function fileName(path: string): string {
  return (path.split(/[\\/]/).at(-1) ?? path).replace(/\.experiment\.json$/, '');
}

/** The sentence without the file that the line stands for: "line 7: there is no setting ...". */
function shortProblem(problem: string, file: string): string {
  const rest = problem.startsWith(file)
    ? problem.slice(file.length).replace(/^[,:]\s*/, '')
    : problem;
  return rest.replace(/\.$/, '');
}

/** Those that are drawn: by path, so that a folder's stand together. */
export function experimentNodes(
  entries: readonly ExperimentEntry[],
  views: readonly RunView[],
  { pathOf, runsOf }: ExperimentPlaces,
): ExperimentFileNode[] {
  const runs = new RunsOfFiles(views);
  return entries
    .map(({ file, outcome }): ExperimentFileNode => {
      const activity = activityOf(runs.of(file, runsOf(file)));
      const id = `experimentFile:${file}`;
      return { kind: 'experimentFile', id, file, path: pathOf(file), outcome, activity };
    })
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

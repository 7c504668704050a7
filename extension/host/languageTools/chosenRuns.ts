// Which runs a language model's query means: by id, name, label, experiment, method, state or tag. Free of VS Code.
import { methodText, runLabel, type RunView } from '../runModel';
import type { RunQuery } from './toolInput';

export interface ChosenRuns {
  /** The newest first. */
  runs: RunView[];
  /** Names of the query that no run has. */
  unknown: string[];
}

export function chooseRuns(all: readonly RunView[], query: RunQuery): ChosenRuns {
  const named = query.runs;
  const runs = all
    .filter((run) => isMeant(run, query))
    .filter((run) => named?.some((name) => isNamed(run, name)) ?? true)
    .sort((a, b) => (orderOf(a) < orderOf(b) ? 1 : -1));
  const unknown = (named ?? []).filter((name) => !all.some((run) => isNamed(run, name)));
  return { runs, unknown };
}

/** "starter · DoRA r16", with the user's own name before it. */
export function runTitle({ run, tags }: RunView): string {
  const title = `${run.experiment} · ${runLabel(run)}`;
  return tags.name === undefined ? title : `${tags.name} (${title})`;
}

/** A sentence when a query finds nothing, so that the next call can be right. */
export function nothingFound(all: readonly RunView[], { unknown }: ChosenRuns): string {
  if (all.length === 0) return 'This workspace holds no runs yet.';
  const experiments = [...new Set(all.map(({ run }) => run.experiment))].join(', ');
  const named = unknown.length === 0 ? '' : ` No run is called ${unknown.join(', ')}.`;
  return `No run matches.${named} There are ${all.length} runs, of these experiments: ${experiments}.`;
}

function isMeant({ run, status, tags }: RunView, query: RunQuery): boolean {
  return (
    isEqual(query.experiment, run.experiment, run.experimentFile) &&
    isEqual(query.method, run.settings.method, methodText(run.settings).split(' ')[0]) &&
    isEqual(query.state, status.state) &&
    isEqual(query.tag, ...tags.tags, ...(tags.star ? ['star', 'starred'] : []))
  );
}

function isEqual(wanted: string | undefined, ...values: (string | undefined)[]): boolean {
  if (wanted === undefined) return true;
  return values.some((value) => value?.toLowerCase() === wanted.toLowerCase());
}

function isNamed({ folder, run, tags }: RunView, name: string): boolean {
  const { id } = run;
  const lower = name.toLowerCase();
  const names = [folder, tags.name, runLabel(run), methodText(run.settings)];
  return (
    id.toLowerCase() === lower ||
    id.toLowerCase().endsWith(`-${lower}`) ||
    names.some((one) => one?.toLowerCase() === lower)
  );
}

function orderOf({ run }: RunView): string {
  return `${run.created} ${run.id}`;
}

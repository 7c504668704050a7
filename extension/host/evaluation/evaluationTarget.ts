// What is evaluated: a checkpoint of a run, or a model or adapter of the user's own, and where its answers go.
// Free of VS Code.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { evaluationsDirectory } from '../../runs/evaluations';
import type { Translate } from '../../shared/translate';
import { resultsPlace } from '../accuracy/accuracyRows';
import { runLabel, type RunView } from '../runModel';

export interface EvaluationTarget {
  /** "DoRA r16, step 200" */
  title: string;
  model: string;
  adapter?: string;
  /** Folder for the answers. */
  results: string;
  /** Folder of the tasks' questions. */
  data: string;
  /** Those that the experiment names. */
  tasks: readonly string[];
  /** Questions a task that the experiment asks; 0 for all. */
  limit: number;
}

/** What the user wants to know of the targets. */
export interface EvaluationRequest {
  tasks: readonly string[];
  /** Only the first so many questions of each task; 0 for all. */
  limit: number;
  /** Answers that cannot be mixed with new ones are set aside. */
  replace?: boolean;
  /** Folder of the questions, for a model that is no checkpoint of a run. */
  data?: string;
}

/** A checkpoint of full fine-tuning is a model by itself, any other one an adapter on the run's model. */
export function checkpointTarget(
  view: RunView,
  checkpoint: { step: number; folder: string },
  t: Translate,
): EvaluationTarget {
  const { settings } = view.run;
  const { evaluation } = settings;
  const place = experimentFolder(view);
  const name = view.tags.name ?? runLabel(view.run);
  const shared = {
    title: t('{0}, step {1}', name, checkpoint.step),
    results: resultsPlace(view, checkpoint.step),
    data: resolve(place, evaluation.data),
    tasks: evaluation.tasks,
    limit: evaluation.limit,
  };
  return settings.method === 'full'
    ? { ...shared, model: checkpoint.folder }
    : { ...shared, model: resolve(place, settings.model), adapter: checkpoint.folder };
}

/** A run that was copied from elsewhere may stand beside another copy of its experiment. */
export function experimentFolder({ run, folder }: RunView): string {
  const own = dirname(run.experimentFile);
  const beside = dirname(dirname(folder));
  const holds = (place: string): boolean => existsSync(resolve(place, run.settings.model));
  return holds(own) || !holds(beside) ? own : beside;
}

/** One folder for a model, and one for each adapter on it: later tasks are added to it. */
export function modelTarget(
  model: string,
  adapter: string | undefined,
  { data, runsDirectory }: { data: string; runsDirectory: string },
): EvaluationTarget {
  const title = basename(adapter ?? model);
  const hash = createHash('sha256')
    .update(JSON.stringify([model, adapter]))
    .digest('hex');
  const name = `${title}-${hash.slice(0, 8)}`;
  const results = join(evaluationsDirectory(runsDirectory), name);
  return { title, model, ...(adapter && { adapter }), results, data, tasks: [], limit: 0 };
}

/** For the command line. */
export function evaluateParameters(
  { model, adapter, results, data }: EvaluationTarget,
  { tasks, limit, replace = false }: EvaluationRequest,
  machine: readonly string[],
): string[] {
  return [
    ...['evaluate', model, ...(adapter === undefined ? [] : ['--adapter', adapter])],
    ...['--tasks', tasks.join(','), '--data', data, '--results', results],
    ...(limit > 0 ? ['--limit', String(limit)] : []),
    ...(replace ? ['--replace'] : []),
    ...machine,
    // Whoever is at the window says afterwards who judges.
    ...['--judge-later', '--progress', 'json', '--json'],
  ];
}

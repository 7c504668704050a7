// What `evaluate` is asked about: a model, an adapter on its base, a checkpoint of a run, or a run's newest one.
import { existsSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { isAdapterFolder } from '../runs/adapterFolder';
import { checkpointName, checkpointStep, listCheckpoints } from '../runs/checkpoints';
import { readRun } from '../runs/runFolder';
import { runPaths } from '../runs/runPaths';
import { readStatus } from '../runs/status';
import { Failure } from '../shared/failures';
import type { RunFile } from '../shared/run';
import { readPeftConfig } from '../trainer/peftConfig';

export interface EvaluationSubject {
  model: string;
  adapter?: string;
  /** Of a run: where its own answers are, and what its experiment asks. */
  run?: { results: string; data: string; tasks: string[]; limit: number };
}

/** `adapter`: where `path` is its base. */
export function evaluationSubject(path: string, adapter?: string): EvaluationSubject {
  const folder = resolve(path);
  if (adapter !== undefined) return { model: folder, adapter: resolve(adapter) };
  const run = readRun(folder);
  if (run !== undefined) return newestOf(folder, run);
  const step = checkpointStep(basename(folder));
  const runFolder = dirname(dirname(folder));
  const owner = step === undefined ? undefined : readRun(runFolder);
  if (step !== undefined && owner !== undefined) {
    return checkpointSubject(runFolder, owner, { step, folder });
  }
  if (!isAdapterFolder(folder)) return { model: folder };
  return { model: baseOf(folder), adapter: folder };
}

function newestOf(folder: string, run: RunFile): EvaluationSubject {
  const checkpoint = listCheckpoints(folder).at(-1);
  if (checkpoint !== undefined) return checkpointSubject(folder, run, checkpoint);
  const problem = 'must be a run with a checkpoint';
  throw new Failure('argument-invalid', { argument: 'the run', value: folder, problem });
}

function checkpointSubject(
  runFolder: string,
  { settings, experimentFile }: RunFile,
  { step, folder }: { step: number; folder: string },
): EvaluationSubject {
  const { results } = runPaths(runFolder);
  const place = experimentPlace(runFolder, experimentFile, settings.model);
  const { data, tasks, limit } = settings.evaluation;
  const isEnd = readStatus(runFolder)?.steps === step;
  const run = {
    results: isEnd ? results : join(results, checkpointName(step)),
    ...{ data: resolve(place, data), tasks, limit },
  };
  return settings.method === 'full'
    ? { model: folder, run }
    : { model: resolve(place, settings.model), adapter: folder, run };
}

/** A run that was copied from elsewhere may stand beside another copy of its experiment. */
function experimentPlace(runFolder: string, experimentFile: string, model: string): string {
  const own = dirname(experimentFile);
  const beside = dirname(dirname(runFolder));
  const holds = (place: string): boolean => existsSync(resolve(place, model));
  return holds(own) || !holds(beside) ? own : beside;
}

/** Where the adapter says that its base is. */
function baseOf(adapter: string): string {
  const { baseModel } = readPeftConfig(adapter);
  if (baseModel !== undefined) {
    const folder = isAbsolute(baseModel) ? baseModel : resolve(adapter, baseModel);
    if (existsSync(join(folder, 'config.json'))) return folder;
  }
  throw new Failure('base-unknown', { adapter, base: baseModel });
}

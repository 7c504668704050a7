// Where things are in a run folder. Users' scripts rely on these names.
import { basename, join } from 'node:path';
import { unfinishedSuffix } from './atomicFile';

export interface RunPaths {
  run: string;
  status: string;
  events: string;
  checkpoints: string;
  results: string;
  control: string;
  tags: string;
  log: string;
  lock: string;
}

export function runPaths(folder: string): RunPaths {
  return {
    run: join(folder, 'run.json'),
    status: join(folder, 'status.json'),
    events: join(folder, 'events.jsonl'),
    checkpoints: join(folder, 'checkpoints'),
    results: join(folder, 'results'),
    control: join(folder, 'control'),
    tags: join(folder, 'tags.json'),
    log: join(folder, 'trainer.log'),
    lock: join(folder, 'trainer.lock'),
  };
}

/** Hidden and unfinished names are no runs. */
export function mayBeRun(name: string): boolean {
  return !name.startsWith('.') && !name.endsWith(unfinishedSuffix);
}

export function runIdOf(folder: string): string {
  return basename(folder);
}

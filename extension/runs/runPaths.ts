// Where things are in a run folder. Users' scripts rely on these names.
import { basename, sep } from 'node:path';
import { unfinishedSuffix } from './atomicFile';

export interface RunPaths {
  run: string;
  status: string;
  events: string;
  checkpoints: string;
  results: string;
  profile: string;
  control: string;
  tags: string;
  log: string;
  lock: string;
}

export function runPaths(folder: string): RunPaths {
  // Asked for thousands of runs at a time: normalising each path took longer than reading the files.
  const start = folder.endsWith(sep) ? folder : folder + sep;
  const at = (name: string): string => start + name;
  return {
    run: at('run.json'),
    status: at('status.json'),
    events: at('events.jsonl'),
    checkpoints: at('checkpoints'),
    results: at('results'),
    profile: at('profile'),
    control: at('control'),
    tags: at('tags.json'),
    log: at('trainer.log'),
    lock: at('trainer.lock'),
  };
}

/** Hidden and unfinished names are no runs. */
export function mayBeRun(name: string): boolean {
  return !name.startsWith('.') && !name.endsWith(unfinishedSuffix);
}

export function runIdOf(folder: string): string {
  return basename(folder);
}

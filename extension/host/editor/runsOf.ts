// The runs of an experiment file. Free of VS Code.
import { basename, dirname } from 'node:path';
import type { RunView } from '../runModel';

/** Also those that were made before the file and its runs were moved together. */
export function runsOf(views: readonly RunView[], file: string, runsDirectory: string): RunView[] {
  return views
    .filter(({ folder, run }) => {
      if (run.experimentFile === file) return true;
      const isBeside = dirname(folder) === runsDirectory;
      return isBeside && basename(run.experimentFile) === basename(file);
    })
    .sort((a, b) => (a.run.created < b.run.created ? 1 : a.run.created > b.run.created ? -1 : 0));
}

/** Runs of one start lie this close together. */
const sameStartMs = 60_000;

/** The newest run and those that were started with it, in the order of their grid. */
export function newestRuns(runs: readonly RunView[]): RunView[] {
  const [newest] = runs;
  if (newest === undefined) return [];
  const newestMs = Date.parse(newest.run.created);
  const together = runs.filter(({ run }) => newestMs - Date.parse(run.created) <= sameStartMs);
  const seen = new Set<string>();
  const latest = together.filter(({ run }) => {
    const key = JSON.stringify(run.varied);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return latest.reverse();
}

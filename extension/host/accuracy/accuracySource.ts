// What pages of accuracies look at: runs and evaluations of the workspace, or chosen runs.
import { evaluationFolders, evaluationsDirectory } from '../../runs/evaluations';
import type { ResultsReader } from '../../runs/results';
import { findExperiments, runsDirectories } from '../experiments';
import type { Services } from '../services';
import type { AccuracySource } from './accuracyFeed';

/** `folders`: of runs; all runs and evaluations when left out. */
export function accuracySource(
  { store }: Services,
  results: ResultsReader,
  folders?: string[],
): AccuracySource {
  const chosen = folders && new Set(folders);
  return {
    results,
    runs: () => store.views.filter(({ folder }) => chosen?.has(folder) ?? true),
    evaluations: async () => {
      if (chosen !== undefined) return [];
      const places = runsDirectories(await findExperiments()).map(evaluationsDirectory);
      const found = await Promise.all([...new Set(places)].map(evaluationFolders));
      return found.flat();
    },
  };
}

/** The first snapshot does not wait longer for rows; the others follow. */
const firstLookMs = 300;

export function firstLook(reading: Promise<void>): Promise<void> {
  return Promise.race([
    reading,
    new Promise<void>((resolve) => {
      setTimeout(resolve, firstLookMs);
    }),
  ]);
}

// Evaluations of models that are no checkpoints of a run: folders beside the runs, each with an evaluation.json
// and the answers by task.
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  evaluationFile,
  evaluationFileName,
  evaluationsFolderName,
  type EvaluationFile,
} from '../shared/evaluationFile';
import { readJsonIfWhole } from './atomicFile';
import { mayBeRun } from './runPaths';

/** Beside a folder of runs. */
export function evaluationsDirectory(runsDirectory: string): string {
  return join(dirname(runsDirectory), evaluationsFolderName);
}

/** Absolute if the directory is; some may be no evaluations. */
export async function evaluationFolders(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && mayBeRun(entry.name))
      .map((entry) => join(directory, entry.name))
      .sort();
  } catch {
    // Nothing was evaluated yet, or the folder is not ours to read.
    return [];
  }
}

/** Undefined for a folder without one, or where it is not whole. */
export function readEvaluation(folder: string): EvaluationFile | undefined {
  return evaluationFile.safeParse(readJsonIfWhole(join(folder, evaluationFileName))).data;
}

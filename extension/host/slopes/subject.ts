// What slope diagnostics are about: runs, the one adapter of a diagnosis, or whatever the sidebar has selected.
// Free of VS Code.
import type { RunView } from '../runModel';

export interface RunsSubject {
  folders: string[];
  /** Of a checkpoint that was chosen. */
  step?: number;
}

export interface DiagnosisSubject {
  base: string;
  adapter: string;
}

export interface FollowingSubject {
  followsSelection: true;
}

export type SlopesSubject = RunsSubject | DiagnosisSubject | FollowingSubject;

/** More runs than these have neither markers nor hues of their own. */
export const mostRuns = 6;

/** Runs, checkpoints and groups among a tree's nodes or a command's arguments; folders of runs as they are. */
export function subjectOf(given: readonly unknown[]): RunsSubject {
  const steps: number[] = [];
  const folders = given.flat().flatMap((one) => {
    if (typeof one === 'string') return [one];
    if (typeof one !== 'object' || one === null) return [];
    if (isCheckpoint(one)) {
      steps.push(one.checkpoint.step);
      return [one.run.folder];
    }
    return foldersOf(one);
  });
  const [step] = steps;
  const unique = [...new Set(folders)];
  return { folders: unique, ...(steps.length === 1 && step !== undefined && { step }) };
}

/** Without a choice: what runs now, else what ran last. */
export function usualSubject(
  views: readonly RunView[],
  isActive: (view: RunView) => boolean,
): RunsSubject {
  const active = views.filter(isActive);
  const newest = views.reduce<RunView | undefined>(
    (best, view) => (best === undefined || view.run.created > best.run.created ? view : best),
    undefined,
  );
  const chosen = active.length > 0 ? active : newest === undefined ? [] : [newest];
  return { folders: chosen.map(({ folder }) => folder) };
}

interface CheckpointLike {
  run: { folder: string };
  checkpoint: { step: number };
}

function isCheckpoint(node: object): node is CheckpointLike {
  return 'checkpoint' in node && 'run' in node;
}

function foldersOf(node: object): string[] {
  if ('view' in node) return [(node as { view: { folder: string } }).view.folder];
  if ('runs' in node) return (node as { runs: object[] }).runs.flatMap(foldersOf);
  return [];
}

// What can be done with an experiment, above its first line, and how many runs its grid makes. Free of VS Code.
import type { Translate } from '../translate';
import { gridOf, keySpan, runCount, type Outline } from './outline';

export interface Lens {
  offset: number;
  title: string;
  /** Without `adapterLab.`; empty for a lens that only tells. */
  command: string;
  /** Handed over: the experiment file, or a run's folder. */
  about: 'experiment' | 'lastRun';
  tooltip?: string;
}

export interface LensContext {
  /** False in a workspace that is not trusted, and for a text that is no file yet. */
  canTrain: boolean;
  hasRuns: boolean;
  t: Translate;
}

export function lensesOf(outline: Outline, { canTrain, hasRuns, t }: LensContext): Lens[] {
  const { root } = outline;
  if (root === undefined) return [];
  const offset = root.offset;
  const runs = runCount(outline);
  const lenses: Lens[] = [];
  const add = (command: string, about: Lens['about'], title: string, tooltip: string): void => {
    lenses.push({ offset, command, about, title, tooltip });
  };
  if (canTrain && runs > 0) {
    const title = runs === 1 ? t('$(play) Train') : t('$(play) Train {0} runs', runs);
    add('train', 'experiment', title, t('Start every run of this experiment, one after another.'));
  }
  const estimate = t('Parameters, steps and memory of every run, before it starts.');
  add('estimateMemory', 'experiment', t('Estimate memory'), estimate);
  if (hasRuns) {
    add(
      'openRun',
      'lastRun',
      t('Open last run'),
      t('Loss, checkpoints and log of the newest run.'),
    );
  }
  return [...lenses, ...gridLens(outline, runs, t)];
}

/** "6 runs = method (3) × rank (2)" */
function gridLens(outline: Outline, runs: number, t: Translate): Lens[] {
  const span = keySpan(outline, ['grid']);
  const grid = Object.entries(gridOf(outline));
  if (span === undefined || grid.length === 0) return [];
  const parts = grid.map(([setting, values]) => `${lastPart(setting)} (${values.length})`);
  const title = runs === 1 ? t('1 run') : t('{0} runs = {1}', runs, parts.join(' × '));
  return [{ offset: span.start, title, command: 'estimateMemory', about: 'experiment' }];
}

function lastPart(setting: string): string {
  return setting.slice(setting.lastIndexOf('.') + 1);
}

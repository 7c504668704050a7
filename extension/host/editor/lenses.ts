// What can be done with an experiment, above its first line, and how many runs its grid makes. Free of VS Code.
import { settingsOfEntry } from '../../shared/experimentGrid';
import type { Translate } from '../../shared/translate';
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
  /** Of the extension, with `adapterLab.`. */
  commands: ReadonlySet<string>;
  t: Translate;
}

export function lensesOf(outline: Outline, context: LensContext): Lens[] {
  const { canTrain, hasRuns, commands, t } = context;
  const { root } = outline;
  if (root === undefined) return [];
  const runs = runCount(outline);
  const lenses: Omit<Lens, 'offset'>[] = [];
  if (canTrain && runs > 0) lenses.push(...startLenses(runs, t));
  lenses.push({
    ...{ command: 'estimateMemory', about: 'experiment', title: t('Estimate memory') },
    tooltip: t('Parameters, steps and memory of every run, before it starts.'),
  });
  if (hasRuns) lenses.push(...lastRunLenses(t));
  const known = lenses.filter(({ command }) => commands.has(`adapterLab.${command}`));
  const placed = known.map((lens) => ({ ...lens, offset: root.offset }));
  return [...placed, ...gridLens(outline, runs, t)];
}

function startLenses(runs: number, t: Translate): Omit<Lens, 'offset'>[] {
  return [
    {
      ...{ command: 'train', about: 'experiment' },
      title: runs === 1 ? t('$(play) Train') : t('$(play) Train {0} runs', runs),
      tooltip: t('Start every run of this experiment, one after another.'),
    },
    {
      ...{ command: 'queue', about: 'experiment', title: t('Queue') },
      tooltip: t('Let the runs wait behind those that wait already.'),
    },
  ];
}

function lastRunLenses(t: Translate): Omit<Lens, 'offset'>[] {
  return [
    {
      ...{ command: 'openSlopes', about: 'lastRun', title: t('Diagnose last run') },
      tooltip: t('Does it learn like full fine-tuning or like LoRA? Its slopes tell.'),
    },
    {
      ...{ command: 'openRun', about: 'lastRun', title: t('Open last run') },
      tooltip: t('Loss, checkpoints and log of the newest run.'),
    },
  ];
}

/** "6 runs = method (3) × rank (2)" */
function gridLens(outline: Outline, runs: number, t: Translate): Lens[] {
  const span = keySpan(outline, ['grid']);
  const grid = Object.entries(gridOf(outline));
  if (span === undefined || grid.length === 0) return [];
  const parts = grid.map(([key, values]) => `${shortName(key)} (${values.length})`).join(' × ');
  const product = grid.reduce((all, [, values]) => all * values.length, 1);
  // Full fine-tuning is one run, whatever the grid says of adapters.
  const several =
    runs < product ? t('{0} runs of {1}', runs, parts) : t('{0} runs = {1}', runs, parts);
  const title = runs === 1 ? t('1 run') : several;
  return [{ offset: span.start, title, command: 'estimateMemory', about: 'experiment' }];
}

function shortName(key: string): string {
  const names = settingsOfEntry(key).map((one) => one.slice(one.lastIndexOf('.') + 1));
  return names.join(', ');
}

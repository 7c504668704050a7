// What figures know of a run beyond its accuracies. Free of VS Code.
import { createHash } from 'node:crypto';
import { alphaOf } from '../../shared/experiment';
import type { AccuracyRow } from '../../shared/pages/accuracyPage';
import type { FigureRow, FigureRun } from '../../shared/pages/figuresPage';
import type { RunFile } from '../../shared/run';
import type { RunView } from '../runModel';

export function figureRow(row: AccuracyRow, view: RunView | undefined): FigureRow {
  return { ...row, run: view === undefined ? null : figureRun(view.run) };
}

function figureRun(run: RunFile): FigureRun {
  const { method, adapter, training } = run.settings;
  const isFull = method === 'full';
  const { targets } = adapter;
  return {
    method,
    rank: isFull ? null : adapter.rank,
    alpha: isFull ? null : alphaOf(adapter),
    targets: isFull ? [] : typeof targets === 'string' ? [targets] : targets,
    magnitudeOnly: isFull ? [] : adapter.magnitudeOnly,
    learningRate: training.learningRate,
    seed: training.seed,
    recipe: recipeOf(run),
  };
}

/**
 * A hash of all that decides the trained weights but method, rank, alpha, learning rate and seed, which a sweep
 * chooses for each point. Where files lie plays no part, only what is in them.
 */
function recipeOf({ settings, model, data }: RunFile): string {
  const { adapter, training, data: dataSettings } = settings;
  const parts = [
    { ...adapter, rank: null, alpha: null },
    { ...training, learningRate: null, seed: null },
    { ...dataSettings, train: null, validation: typeof dataSettings.validation === 'number' },
    [...model, ...data].map(({ sha256 }) => sha256),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

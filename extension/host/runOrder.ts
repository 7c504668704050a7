// In which order the sidebar lists runs. Keys are made once a run, so that sorting thousands is quick. Free of
// VS Code.
import { runLabel, runTitle, type RunView } from './runModel';

export const orders = ['newest', 'name', 'loss', 'accuracy', 'slope', 'duration'] as const;
export type Order = (typeof orders)[number];

/** What the events of a run say last; read only for the orders that need it. */
export interface RunFigures {
  /** Mean over the tasks of the largest group. */
  accuracy: number | null;
  /** Of the fit over all modules. */
  slope: number | null;
  /** Seconds of training, evaluations left out. */
  seconds: number | null;
}

/** Orders by what stands in the events alone. */
export function needsFigures(order: Order): boolean {
  return order === 'accuracy' || order === 'slope' || order === 'duration';
}

export interface SortKey {
  isStarred: boolean;
  /** The smaller one comes first; runs of which it is not known come last. */
  first: string | number;
  createdMs: number;
  id: string;
}

export function sortKey(view: RunView, order: Order, figures: RunFigures | undefined): SortKey {
  const { run, tags } = view;
  const createdMs = Date.parse(run.created);
  const isStarred = tags.star;
  return { isStarred, first: firstOf(view, order, figures), createdMs, id: run.id };
}

export function compareKeys(a: SortKey, b: SortKey): number {
  if (a.isStarred !== b.isStarred) return a.isStarred ? -1 : 1;
  if (a.first < b.first) return -1;
  if (a.first > b.first) return 1;
  if (a.createdMs !== b.createdMs) return b.createdMs - a.createdMs;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

function firstOf(view: RunView, order: Order, figures: RunFigures | undefined): string | number {
  switch (order) {
    case 'newest':
      return 0;
    case 'name':
      return naturalKey(`${runTitle(view)} ${runLabel(view.run)}`);
    case 'loss':
      return view.status.loss ?? Infinity;
    case 'accuracy':
      return -(figures?.accuracy ?? -Infinity);
    case 'slope':
      return figures?.slope ?? Infinity;
    case 'duration':
      return figures?.seconds ?? Infinity;
  }
}

/** "DoRA r8" before "DoRA r32": numbers count as numbers. */
function naturalKey(text: string): string {
  return text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(12, '0'));
}

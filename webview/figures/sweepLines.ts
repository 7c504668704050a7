// The lines of the rank sweep: one for each method, the user's with intervals, the published ones beside them.
import { methodNames } from '../../extension/shared/runWords';
import type { Method } from '../../extension/shared/methods';
import type { PublishedSweep } from '../../extension/shared/published/rankSweep';
import type { Marker } from '../../extension/shared/slopes/scene';
import { cellFigure, type CellFigure } from './cellFigure';
import { distinct, type Family, type Member } from './members';

export interface SweepPoint {
  rank: number;
  /** In percent. */
  value: number;
  /** Null of published points. */
  figure: CellFigure | null;
}

export interface SweepLine {
  id: string;
  label: string;
  isPublished: boolean;
  /** Place among the theme's colours of series. */
  color: number;
  marker: Marker;
  /** By rank. */
  points: SweepPoint[];
  /** Full fine-tuning has no rank: its accuracy is a level across the figure. */
  level: CellFigure | null;
}

interface Look {
  color: number;
  marker: Marker;
}

/** The same method looks the same in every figure. */
const looks: Record<Method, Look> = {
  dora: { color: 0, marker: 'circle' },
  lora: { color: 1, marker: 'triangle' },
  full: { color: 2, marker: 'square' },
  qdora: { color: 3, marker: 'diamond' },
  qlora: { color: 4, marker: 'plus' },
  dvora: { color: 5, marker: 'circle' },
  vera: { color: 2, marker: 'triangle' },
  adalora: { color: 3, marker: 'cross' },
};
const order: readonly Method[] = [
  ...(['dora', 'lora', 'qdora', 'qlora', 'dvora', 'vera', 'adalora', 'full'] as const),
];

/** How many ranks the fullest line has. */
export function rankCount({ members }: Family): number {
  const counts = distinct(members.map(({ run }) => run.method)).map((method) => {
    const ranks = members.filter(({ run }) => run.method === method).map(({ run }) => run.rank);
    return distinct(ranks).length;
  });
  return Math.max(0, ...counts);
}

export function ownLines({ members }: Family, tasks: readonly string[]): SweepLine[] {
  return order.flatMap((method) => {
    const own = members.filter(({ run }) => run.method === method);
    return linesOf(own, method, tasks);
  });
}

export function publishedLines({ curves, source }: PublishedSweep, task: string): SweepLine[] {
  return curves.map(({ method, points }) => {
    const look = looks[method === 'LoRA' ? 'lora' : 'dora'];
    const values = points.map(({ rank, average, scores }) => ({
      rank,
      value: task === '' ? average : (scores[task] ?? NaN),
      figure: null,
    }));
    return {
      ...{ id: `published:${source} ${method}`, label: method, isPublished: true },
      ...{ ...look, points: values.filter(({ value }) => !Number.isNaN(value)), level: null },
    };
  });
}

/** Learning rates and alphas belong to a point, unless one rank has several: then each has its line. */
function linesOf(
  members: readonly Member[],
  method: Method,
  tasks: readonly string[],
): SweepLine[] {
  const splits = [learningRateText, alphaText].filter((text) => {
    const ranks = distinct(members.map(({ run }) => run.rank));
    const ofRank = (rank: number | null): Member[] =>
      members.filter(({ run }) => run.rank === rank);
    return ranks.some((rank) => distinct(ofRank(rank).map(text)).length > 1);
  });
  const detailOf = (member: Member): string => splits.map((text) => text(member)).join(', ');
  return distinct(members.map(detailOf))
    .sort()
    .flatMap((detail): SweepLine[] => {
      const own = members.filter((member) => detailOf(member) === detail);
      const label = [methodNames[method], detail].filter((part) => part !== '').join(' · ');
      const known = { id: label, label, isPublished: false, ...looks[method] };
      if (method === 'full') {
        const level = cellFigure(own, tasks) ?? null;
        return level === null ? [] : [{ ...known, points: [], level }];
      }
      const points = pointsOf(own, tasks);
      return points.length === 0 ? [] : [{ ...known, points, level: null }];
    });
}

function pointsOf(members: readonly Member[], tasks: readonly string[]): SweepPoint[] {
  const ranks = distinct(members.map(({ run }) => run.rank)).filter((rank) => rank !== null);
  return ranks
    .sort((a, b) => a - b)
    .flatMap((rank) => {
      const own = members.filter(({ run }) => run.rank === rank);
      const figure = cellFigure(own, tasks);
      return figure === undefined ? [] : [{ rank, value: figure.value, figure }];
    });
}

function learningRateText({ run }: Member): string {
  return `learningRate ${run.learningRate}`;
}

/** As the update is scaled, which is what stays the same along a line. */
function alphaText({ run }: Member): string {
  return run.alpha === null || run.rank === null ? '' : `alpha/rank ${run.alpha / run.rank}`;
}

// Which point of the rank sweep a key leads to: left and right along a line, up and down to the next line.
import type { SweepLine } from './sweepLines';
import type { ActivePoint } from './sweepScene';

/** Undefined for keys that lead nowhere. */
export function pointByKey(
  all: readonly SweepLine[],
  active: ActivePoint | undefined,
  key: string,
): ActivePoint | undefined {
  const lines = all.filter(({ points }) => points.length > 0);
  const at = lines.findIndex(({ id }) => id === active?.line);
  const line = lines[Math.max(0, at)];
  if (line === undefined) return undefined;
  const ranks = line.points.map(({ rank }) => rank);
  const place = ranks.indexOf(active?.rank ?? NaN);
  const first = (index: number): ActivePoint | undefined => {
    const rank = ranks[Math.max(0, Math.min(ranks.length - 1, index))];
    return rank === undefined ? undefined : { line: line.id, rank };
  };
  switch (key) {
    case 'ArrowRight':
      return first(place + 1);
    case 'ArrowLeft':
      return place < 0 ? first(ranks.length - 1) : first(place - 1);
    case 'Home':
      return first(0);
    case 'End':
      return first(ranks.length - 1);
    case 'ArrowUp':
    case 'ArrowDown': {
      if (at < 0) return first(0);
      const next = lines[(at + (key === 'ArrowDown' ? 1 : lines.length - 1)) % lines.length];
      return next && nearestOf(next, active?.rank ?? 0);
    }
    default:
      return undefined;
  }
}

function nearestOf({ id, points }: SweepLine, rank: number): ActivePoint | undefined {
  const distance = (other: number): number => Math.abs(Math.log2(other) - Math.log2(rank));
  const [nearest] = points.map((point) => point.rank).sort((a, b) => distance(a) - distance(b));
  return nearest === undefined ? undefined : { line: id, rank: nearest };
}

// What a chart says in numbers: for people who cannot see it, and for whoever wants to copy.
import type { Line } from './line';
import { nearestIndex, type Points } from './points';

export interface LineFigures {
  first: number;
  last: number;
  min: { x: number; y: number };
  max: { x: number; y: number };
}

/** Undefined for a line without values. */
export function figuresOf({ x, y, length }: Points): LineFigures | undefined {
  let first: number | undefined;
  let last = NaN;
  let low = -1;
  let high = -1;
  for (let index = 0; index < length; index += 1) {
    const value = y[index] ?? NaN;
    if (!Number.isFinite(value)) continue;
    first ??= value;
    last = value;
    if (low < 0 || value < (y[low] ?? NaN)) low = index;
    if (high < 0 || value > (y[high] ?? NaN)) high = index;
  }
  if (first === undefined) return undefined;
  const at = (index: number) => ({ x: x[index] ?? NaN, y: y[index] ?? NaN });
  return { first, last, min: at(low), max: at(high) };
}

/** Values of all lines at about `count` places of the one with most points; undefined where a line has none there. */
export function sampledRows(
  lines: readonly Line[],
  count: number,
): { x: number; values: (number | undefined)[] }[] {
  const [longest] = [...lines].sort((a, b) => b.points.length - a.points.length);
  if (longest === undefined || longest.points.length === 0) return [];
  const { points } = longest;
  const places = Math.min(count, points.length);
  return Array.from({ length: places }, (_, i) => {
    const index = places === 1 ? 0 : Math.round((i * (points.length - 1)) / (places - 1));
    const x = points.x[index] ?? NaN;
    const halfGap = (points.x[points.length - 1] ?? x) - (points.x[0] ?? x);
    const reach = halfGap / Math.max(1, places - 1) / 2;
    return { x, values: lines.map((line) => valueAt(line.points, x, reach)) };
  });
}

function valueAt(points: Points, x: number, reach: number): number | undefined {
  const index = nearestIndex(points, x);
  if (index === undefined || Math.abs((points.x[index] ?? NaN) - x) > reach) return undefined;
  const value = points.y[index] ?? NaN;
  return Number.isFinite(value) ? value : undefined;
}

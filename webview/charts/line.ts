// A line of a chart as pages describe it. Colour is never alone: dashes and markers differ too.
import type { Points } from './points';

/** faint: behind another line, thin and pale. points: joined, each with a marker. */
export type LineLook = 'line' | 'faint' | 'points';

export interface Line {
  /** Stays while the chart does: what is hidden is kept by it. */
  id: string;
  label: string;
  points: Points;
  /** Which colour and which dash of the theme's. */
  color: number;
  dash: number;
  look: LineLook;
  /** Drawn as an area up to this line's points, which have the same x. */
  bandTo?: Points;
  /** Has no entry in the legend of its own: it goes with this line. */
  belongsTo?: string;
}

const dashes: readonly (readonly number[])[] = [
  [],
  [7, 4],
  [2, 3],
  [9, 3, 2, 3],
  [14, 4],
  [9, 3, 2, 3, 2, 3],
];

export function dashOf({ dash }: { dash: number }): number[] {
  return [...(dashes[dash % dashes.length] ?? [])];
}

/** Without those that the user hid, and what belongs to them. */
export function visibleLines(lines: readonly Line[], hidden: readonly string[]): Line[] {
  return lines.filter(({ id, belongsTo }) => !hidden.includes(belongsTo ?? id));
}

export function legendLines(lines: readonly Line[]): Line[] {
  return lines.filter(({ belongsTo }) => belongsTo === undefined);
}

/** From the first to the last x of all lines; undefined without points. */
export function wholeRange(lines: readonly Line[]): { from: number; to: number } | undefined {
  let from = Infinity;
  let to = -Infinity;
  for (const { points } of lines) {
    if (points.length === 0) continue;
    from = Math.min(from, points.x[0] ?? Infinity);
    to = Math.max(to, points.x[points.length - 1] ?? -Infinity);
  }
  if (from > to) return undefined;
  return from === to ? { from: from - 0.5, to: to + 0.5 } : { from, to };
}

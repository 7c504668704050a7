// The part of an axis that is shown: zooming, moving, and the heights that the visible points need.
import type { DrawnPoint } from './decimation';

export interface Range {
  from: number;
  to: number;
}

/** `factor` below 1 shows less; `at` stays where it is. Nothing wider than `whole`: that is no zoom. */
export function zoomed(range: Range, whole: Range, factor: number, at: number): Range | undefined {
  const from = at - (at - range.from) * factor;
  const to = at + (range.to - at) * factor;
  const least = (whole.to - whole.from) * 1e-6;
  if (to - from < least) return range;
  return within({ from, to }, whole);
}

/** `share` of the shown width to the right; stops at the ends. */
export function moved(range: Range, whole: Range, share: number): Range | undefined {
  const width = range.to - range.from;
  const wanted = range.from + share * width;
  const from = Math.min(Math.max(wanted, whole.from), Math.max(whole.from, whole.to - width));
  return within({ from, to: from + width }, whole);
}

function within({ from, to }: Range, whole: Range): Range | undefined {
  const cut = { from: Math.max(from, whole.from), to: Math.min(to, whole.to) };
  return cut.from <= whole.from && cut.to >= whole.to ? undefined : cut;
}

export interface HeightOptions {
  isLog: boolean;
  /** The outermost values on each side, three in a hundred, may leave the picture. */
  ignoresOutliers: boolean;
  /** Shown if the points come near it. */
  reference?: number | undefined;
}

const margin = 0.06;
const outlierShare = 0.03;

/** What the y axis has to show of these points, with a little air; undefined without any. */
export function heightOf(
  lines: readonly (readonly DrawnPoint[])[],
  { isLog, ignoresOutliers, reference }: HeightOptions,
): Range | undefined {
  const values = lines
    .flatMap((line) => line.map(({ y }) => y))
    .filter((y) => Number.isFinite(y) && (!isLog || y > 0))
    .sort((a, b) => a - b);
  if (values.length === 0) return undefined;
  const drop = ignoresOutliers ? Math.floor(values.length * outlierShare) : 0;
  const low = values[drop] ?? 0;
  const high = values[values.length - 1 - drop] ?? low;
  const isNear = reference !== undefined && reference <= 2 * high && reference >= low / 2;
  const top = isNear ? Math.max(high, reference) : high;
  const bottom = isNear ? Math.min(low, reference) : low;
  return isLog ? logAir(bottom, top) : linearAir(bottom, top);
}

function linearAir(low: number, high: number): Range {
  const spread = high - low;
  const air = spread === 0 ? Math.abs(high) * 0.1 || 1 : spread * margin;
  // Zero is a floor that losses and rates never cross.
  const from = low >= 0 && low - air < 0 ? 0 : low - air;
  return { from, to: high + air };
}

function logAir(low: number, high: number): Range {
  const factor = high === low ? 1.5 : (high / low) ** margin;
  return { from: low / factor, to: high * factor };
}

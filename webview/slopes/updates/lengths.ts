// How the lengths of rows changed, by type of module: bars of the first adapter, a line of the second.
import { moduleType, sortedTypes } from '../../../extension/shared/modules';
import type { PictureColors, Shape } from '../../../extension/shared/slopes/scene';
import { roundTicks, tickText } from '../../../extension/shared/slopes/ticks';
import type { UpdatesMeasurement } from '../../../extension/shared/updates';
import type { CanvasSize } from '../../charts/useCanvas';
import { subjectColor } from './subjectColor';

export interface TypeLengths {
  type: string;
  /** Of each adapter; undefined where it did not train the type. */
  adapters: (LengthCounts | undefined)[];
}

export interface LengthCounts {
  /** Rows by bin. */
  counts: number[];
  rows: number;
  /** Of the relative changes, over rows. */
  mean: number;
}

export function lengthsByType({ adapters }: UpdatesMeasurement): TypeLengths[] {
  const types = sortedTypes(
    adapters.flatMap(({ modules }) => modules.map(({ name }) => moduleType(name))),
  );
  return types.map((type) => ({
    type,
    adapters: adapters.map(({ modules }) => {
      const own = modules.filter(({ name }) => moduleType(name) === type);
      if (own.length === 0) return undefined;
      const counts = (own[0]?.counts ?? []).map((_, bin) =>
        own.reduce((sum, module) => sum + (module.counts[bin] ?? 0), 0),
      );
      const rows = counts.reduce((sum, count) => sum + count, 0);
      const ownRows = own.map((module) => module.counts.reduce((sum, count) => sum + count, 0));
      const sum = own.reduce((all, { meanChange }, i) => all + meanChange * (ownRows[i] ?? 0), 0);
      return { counts, rows, mean: rows === 0 ? 0 : sum / rows };
    }),
  }));
}

const edge = { left: 8, right: 8, top: 8, bottom: 20 };

/** Shares of an adapter's rows, so that both have the same area; the highest bar fills the height. */
export function histogramShapes(
  { adapters }: TypeLengths,
  edges: readonly number[],
  { width, height }: CanvasSize,
  colors: PictureColors,
): Shape[] {
  const shares = adapters.map((one) => one?.counts.map((count) => count / Math.max(1, one.rows)));
  const highest = Math.max(1e-9, ...shares.flatMap((all) => all ?? []));
  const [low = -1, high = 1] = [edges[0], edges.at(-1)];
  const xOf = (change: number): number =>
    edge.left + ((change - low) / (high - low)) * (width - edge.left - edge.right);
  const bottom = height - edge.bottom;
  const yOf = (share: number): number => bottom - (share / highest) * (bottom - edge.top);
  const [first, second] = shares;
  const bars = (first ?? []).map((share, bin): Shape => {
    const [from, to] = [xOf(edges[bin] ?? low), xOf(edges[bin + 1] ?? high)];
    const color = subjectColor(0, colors);
    return {
      kind: 'box',
      x: from,
      y: yOf(share),
      width: to - from - 1,
      height: bottom - yOf(share),
      color,
    };
  });
  return [
    ...axis(xOf, { low, high }, { width, bottom }, colors),
    ...bars,
    ...(second === undefined ? [] : [outline(second, edges, { xOf, yOf }, colors)]),
  ];
}

function outline(
  shares: readonly number[],
  edges: readonly number[],
  { xOf, yOf }: { xOf: (change: number) => number; yOf: (share: number) => number },
  colors: PictureColors,
): Shape {
  const points = shares.flatMap((share, bin) => {
    const [from = 0, to = 0] = [edges[bin], edges[bin + 1]];
    return [xOf(from), yOf(share), xOf(to), yOf(share)];
  });
  return { kind: 'line', points, color: subjectColor(1, colors), width: 2 };
}

function axis(
  xOf: (change: number) => number,
  { low, high }: { low: number; high: number },
  { width, bottom }: { width: number; bottom: number },
  colors: PictureColors,
): Shape[] {
  const { step, ticks } = roundTicks({ low: 100 * low, high: 100 * high }, 4);
  const text = { kind: 'text' as const, size: 11, color: colors.muted, anchor: 'middle' as const };
  return [
    {
      kind: 'line',
      points: [edge.left, bottom, width - edge.right, bottom],
      color: colors.grid,
      width: 1,
    },
    ...ticks.flatMap((tick): Shape[] => {
      const x = xOf(tick / 100);
      const isZero = Math.abs(tick) < step / 2;
      return [
        {
          ...{ kind: 'line', points: [x, edge.top, x, bottom], width: 1 },
          color: isZero ? colors.muted : colors.grid,
        },
        { ...text, x, y: bottom + 14, text: `${tickText(tick, step)} %` },
      ];
    }),
  ];
}

// How each run's correlation developed: one value a measured step, of the scope that is shown.
import { references } from '../../extension/shared/slopes/readings';
import { roundTicks, signedText } from '../../extension/shared/slopes/ticks';
import type { Marker, PictureColors, Shape } from '../../extension/shared/slopes/scene';
import type { Filter, Series } from './series';
import { shownModules } from './series';
import { spansOf, type Scope } from './timeline';

export interface Development {
  index: number;
  /** Step and correlation; steps without one are left out. */
  values: { step: number; correlation: number }[];
}

export function developmentOf(
  series: Series,
  type: string,
  scope: Scope,
  filter: Filter,
): Development {
  const groups = new Map(shownModules(series, type, filter).map(({ place }) => [place, place]));
  const values = series.run.samples.flatMap(({ step }) => {
    const { correlation } = series.sums.line(groups, spansOf(scope, series, step));
    return correlation === null ? [] : [{ step, correlation }];
  });
  return { index: series.index, values };
}

export interface DevelopmentPicture {
  width: number;
  height: number;
  colors: PictureColors;
  lines: readonly Development[];
  /** Of the whole page. */
  first: number;
  last: number;
  /** The step that is shown. */
  step: number;
  look: (index: number) => { marker: Marker; color: string };
}

const left = 34;
const right = 74;
const top = 8;
const below = 20;

/** The step at a place of the picture. */
export function stepAt({ width, first, last }: DevelopmentPicture, x: number): number {
  const share = (x - left) / Math.max(1, width - left - right);
  return first + Math.max(0, Math.min(1, share)) * (last - first);
}

export function developmentShapes(picture: DevelopmentPicture): Shape[] {
  const { width, height, colors, lines, first, last, step, look } = picture;
  const extent = Math.max(1, last - first);
  const xOf = (at: number): number => left + ((at - first) / extent) * (width - left - right);
  const yOf = (correlation: number): number =>
    top + ((1 - correlation) / 2) * (height - top - below);
  const line = { kind: 'line' as const, color: colors.grid, width: 1 };
  const text = { kind: 'text' as const, size: 10, color: colors.muted };
  const end = width - right;
  const shapes: Shape[] = [];
  for (const tick of [-1, 0, 1]) {
    shapes.push({ ...line, points: [left, yOf(tick), end, yOf(tick)] });
    const label = tick === 0 ? '0' : signedText(tick, 0);
    shapes.push({ ...text, x: left - 5, y: yOf(tick) + 3, text: label, anchor: 'end' });
  }
  for (const { name, correlation } of references) {
    const y = yOf(correlation);
    shapes.push({ ...line, color: colors.muted, dash: [2, 3], points: [left, y, end, y] });
    shapes.push({ ...text, x: end + 5, y: y + 3, text: `${name} ${signedText(correlation)}` });
  }
  const wanted = Math.max(2, Math.floor((end - left) / 80));
  for (const tick of roundTicks({ low: first, high: last }, wanted).ticks) {
    if (!Number.isInteger(tick)) continue;
    shapes.push({ ...text, x: xOf(tick), y: height - 6, text: String(tick), anchor: 'middle' });
  }
  shapes.push({
    ...line,
    color: colors.foreground,
    points: [xOf(step), top, xOf(step), height - below],
  });
  for (const { index, values } of lines) {
    const { marker, color } = look(index);
    const points = values.flatMap((one) => [xOf(one.step), yOf(one.correlation)]);
    const at = values.filter((one) => one.step <= step).at(-1);
    if (points.length > 2) shapes.push({ kind: 'line', points, color, width: 1.6 });
    const place = at === undefined ? [] : [xOf(at.step), yOf(at.correlation)];
    shapes.push({
      kind: 'marks',
      points: place,
      marker,
      radius: 4.5,
      color,
      outline: colors.background,
    });
  }
  return shapes;
}

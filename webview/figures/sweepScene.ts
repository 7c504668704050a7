// The rank sweep as a picture: accuracy over rank, ranks by their powers of two, intervals as bars.
import {
  plotFrame,
  xOf,
  yOf,
  type PlotFrame,
  type PlotSize,
} from '../../extension/shared/slopes/plot';
import { mixColors } from '../../extension/shared/slopes/ramp';
import {
  moveShapes,
  type PictureColors,
  type Scene,
  type Shape,
} from '../../extension/shared/slopes/scene';
import { paddedRange, rangeOf, roundTicks, tickText } from '../../extension/shared/slopes/ticks';
import { wrapped } from '../slopes/figure';
import { distinct } from './members';
import type { SweepLine, SweepPoint } from './sweepLines';

export interface SweepPicture {
  lines: readonly SweepLine[];
  colors: PictureColors;
  names: { x: string; y: string };
  isHighContrast: boolean;
}

/** A point that is pointed at, or reached by keys. */
export interface ActivePoint {
  line: string;
  rank: number;
}

/** A line's points stand a little beside those of another, so that their bars do not hide each other. */
const besidePixels = 6;
const legendHeight = 20;

export function sweepFrame(size: PlotSize, { lines, names }: SweepPicture): PlotFrame {
  const values = lines.flatMap(({ points, level }) => [
    ...points.flatMap(({ value, figure }) => [value, ...endsOf(figure)]),
    ...(level === null ? [] : [level.value, ...endsOf(level)]),
  ]);
  const { low, high } = paddedRange(rangeOf(values));
  const y = { low: Math.max(0, low), high: Math.min(101, high) };
  return plotFrame(size, { x: acrossOf(lines), y }, names);
}

export function sweepShapes(
  picture: SweepPicture,
  frame: PlotFrame,
  active?: ActivePoint,
): Shape[] {
  const { lines } = picture;
  return [
    ...gridShapes(picture, frame),
    ...lines
      .filter(({ isPublished }) => isPublished)
      .flatMap((line) => lineShapes(line, picture, frame)),
    ...lines
      .filter(({ isPublished }) => !isPublished)
      .flatMap((line) => lineShapes(line, picture, frame)),
    ...activeShapes(picture, frame, active),
  ];
}

interface FileTexts {
  title: string;
  /** Lines beneath the figure. */
  notes: readonly string[];
  font: string;
}

/** With title and legend, as a file. */
export function sweepFile(
  picture: SweepPicture,
  { title, notes: sentences, font }: FileTexts,
): Scene {
  const { colors, lines } = picture;
  const notes = sentences.flatMap((sentence) => wrapped(sentence, 118));
  const [width, plotHeight, head] = [760, 420, 58];
  const text = { kind: 'text' as const, color: colors.foreground };
  const frame = sweepFrame({ width: width - 24, height: plotHeight }, picture);
  const below = head + plotHeight + 16;
  const legend = lines.flatMap((line, i) =>
    moveShapes(
      legendShapes(line, picture),
      24 + (i % 3) * 240,
      below + Math.floor(i / 3) * legendHeight,
    ),
  );
  const legendRows = Math.ceil(lines.length / 3);
  const first = below + legendRows * legendHeight + 8;
  return {
    ...{ width, background: colors.background, font },
    height: first + notes.length * 16 + 10,
    shapes: [
      { ...text, x: 24, y: 34, size: 16, bold: true, text: title },
      ...moveShapes(sweepShapes(picture, frame), 8, head),
      ...legend,
      ...notes.map((note, i): Shape => ({
        ...text,
        color: colors.muted,
        x: 24,
        y: first + i * 16,
        size: 11,
        text: note,
      })),
    ],
  };
}

/** The nearest point within reach. */
export function pointNear(
  { lines }: SweepPicture,
  frame: PlotFrame,
  at: { x: number; y: number },
): ActivePoint | undefined {
  let nearest = 14 ** 2;
  let found: ActivePoint | undefined;
  for (const line of lines) {
    for (const point of line.points) {
      const [x, y] = placeOf(line, point, lines, frame);
      const distance = (x - at.x) ** 2 + (y - at.y) ** 2;
      if (distance > nearest) continue;
      nearest = distance;
      found = { line: line.id, rank: point.rank };
    }
  }
  return found;
}

/** Where a point stands, for what is shown beside it. */
export function placeOf(
  line: SweepLine,
  { rank, value }: SweepPoint,
  lines: readonly SweepLine[],
  frame: PlotFrame,
): [number, number] {
  const own = lines.filter(({ isPublished, points }) => !isPublished && points.length > 0);
  const place = own.indexOf(line);
  const beside = place < 0 ? 0 : (place - (own.length - 1) / 2) * besidePixels;
  return [xOf(frame, Math.log2(rank)) + beside, yOf(frame, value)];
}

export function lineColor(
  { color, isPublished }: SweepLine,
  { colors, isHighContrast }: SweepPicture,
): string {
  const own = colors.series[color % colors.series.length] ?? colors.foreground;
  return isPublished ? mixColors(colors.background, own, isHighContrast ? 0.85 : 0.6) : own;
}

function acrossOf(lines: readonly SweepLine[]): { low: number; high: number } {
  const across = lines.flatMap(({ points }) => points.map(({ rank }) => Math.log2(rank)));
  const { low, high } = rangeOf(across) ?? { low: 2, high: 6 };
  return { low: low - 0.4, high: high + 0.4 };
}

function gridShapes({ lines, colors, names }: SweepPicture, frame: PlotFrame): Shape[] {
  const { left, right, top, bottom } = frame;
  const ranks = distinct(lines.flatMap(({ points }) => points.map(({ rank }) => rank)));
  const up = roundTicks(frame.domain.y, Math.max(2, Math.floor((bottom - top) / 44)));
  const line = (points: number[]): Shape => ({
    kind: 'line',
    points,
    color: colors.grid,
    width: 1,
  });
  const label = { kind: 'text' as const, color: colors.muted, size: 11 };
  const name = { ...label, anchor: 'middle' as const };
  return [
    ...up.ticks.flatMap((tick): Shape[] => {
      const y = Math.round(yOf(frame, tick)) + 0.5;
      const text = tickText(tick, up.step);
      return [line([left, y, right, y]), { ...label, x: left - 6, y: y + 4, text, anchor: 'end' }];
    }),
    ...ranks.flatMap((rank): Shape[] => {
      const x = Math.round(xOf(frame, Math.log2(rank))) + 0.5;
      return [
        line([x, bottom, x, bottom + 4]),
        { ...label, x, y: bottom + 16, text: String(rank), anchor: 'middle' },
      ];
    }),
    { ...name, x: (left + right) / 2, y: bottom + 30, text: names.x },
    { ...name, x: 12, y: (top + bottom) / 2, text: names.y, upward: true },
  ];
}

function lineShapes(line: SweepLine, picture: SweepPicture, frame: PlotFrame): Shape[] {
  const { lines, colors } = picture;
  const color = lineColor(line, picture);
  if (line.level !== null) return levelShapes(line, color, frame);
  const places = line.points.map((point) => placeOf(line, point, lines, frame));
  const path: Shape = {
    kind: 'line',
    points: places.flat(),
    color,
    width: line.isPublished ? 1.5 : 2,
  };
  const bars = line.points.flatMap((point): Shape[] => {
    if (point.figure === null) return [];
    const [x] = placeOf(line, point, lines, frame);
    return barShapes(x, point.figure.interval, color, frame);
  });
  const marks: Shape = {
    kind: 'marks',
    ...{ points: places.flat(), marker: line.marker, color },
    radius: line.isPublished ? 3 : 4.5,
    ...(!line.isPublished && { outline: colors.background }),
  };
  return [line.isPublished ? { ...path, dash: [5, 4] } : path, ...bars, marks];
}

function levelShapes({ level }: SweepLine, color: string, frame: PlotFrame): Shape[] {
  if (level === null) return [];
  const { left, right } = frame;
  const [low, high] = [
    yOf(frame, within(level.interval.low, frame)),
    yOf(frame, within(level.interval.high, frame)),
  ];
  const y = yOf(frame, level.value);
  const band = { x: left, y: high, width: right - left, height: low - high };
  return [
    { kind: 'box', ...band, color, opacity: 0.12 },
    { kind: 'line', points: [left, y, right, y], color, width: 1.5, dash: [2, 3] },
  ];
}

function barShapes(
  x: number,
  interval: { low: number; high: number },
  color: string,
  frame: PlotFrame,
): Shape[] {
  const low = yOf(frame, within(interval.low, frame));
  const high = yOf(frame, within(interval.high, frame));
  const cap = (y: number): Shape => ({
    kind: 'line',
    points: [x - 3.5, y, x + 3.5, y],
    color,
    width: 1.25,
  });
  return [{ kind: 'line', points: [x, low, x, high], color, width: 1.25 }, cap(low), cap(high)];
}

function activeShapes(picture: SweepPicture, frame: PlotFrame, active?: ActivePoint): Shape[] {
  const { lines, colors } = picture;
  const line = lines.find(({ id }) => id === active?.line);
  const point = line?.points.find(({ rank }) => rank === active?.rank);
  if (line === undefined || point === undefined) return [];
  const points = placeOf(line, point, lines, frame);
  const color = lineColor(line, picture);
  return [
    { kind: 'marks', points, marker: line.marker, radius: 6, color, outline: colors.foreground },
  ];
}

/** A line's dash and marker, 24 pixels wide, and its name; about its middle. */
function legendShapes(line: SweepLine, picture: SweepPicture): Shape[] {
  const { colors } = picture;
  const color = lineColor(line, picture);
  const dash = line.level === null ? [5, 4] : [2, 3];
  const isDashed = line.isPublished || line.level !== null;
  const stroke: Shape = {
    kind: 'line',
    points: [0, 0, 24, 0],
    color,
    width: 2,
    ...(isDashed && { dash }),
  };
  const mark: Shape = { kind: 'marks', points: [12, 0], marker: line.marker, radius: 4, color };
  const text = { kind: 'text' as const, x: 32, y: 4, size: 12, color: colors.foreground };
  return [stroke, ...(line.level === null ? [mark] : []), { ...text, text: line.label }];
}

function within(value: number, { domain }: PlotFrame): number {
  return Math.max(domain.y.low, Math.min(domain.y.high, value));
}

function endsOf(figure: { interval: { low: number; high: number } } | null): number[] {
  if (figure === null) return [];
  const { low, high } = figure.interval;
  return [Math.max(0, low), Math.min(100, high)];
}

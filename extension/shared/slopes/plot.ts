// A plot's frame: where values stand in pixels, its grid and its numbers.
import type { PictureColors, Shape } from './scene';
import { roundTicks, tickText, type Range } from './ticks';

export interface Domain {
  x: Range;
  y: Range;
}

export interface PlotSize {
  width: number;
  height: number;
}

/** The area of the points, in pixels. */
export interface PlotFrame {
  left: number;
  top: number;
  right: number;
  bottom: number;
  domain: Domain;
}

export interface AxisNames {
  x: string;
  y: string;
}

const tickSize = 10;
/** Of a figure of the tick's size. */
const figureWidth = 6;
const pixelsATickAcross = 46;
const pixelsATickUp = 40;

export function plotFrame(
  { width, height }: PlotSize,
  domain: Domain,
  names?: AxisNames,
): PlotFrame {
  const wanted = Math.max(2, Math.floor(height / pixelsATickUp));
  const { ticks, step } = roundTicks(domain.y, wanted);
  const widest = Math.max(2, ...ticks.map((tick) => tickText(tick, step).length));
  const left = 8 + widest * figureWidth + (names === undefined ? 0 : 14);
  const bottom = height - (names === undefined ? 18 : 32);
  return { left, top: 8, right: width - 10, bottom, domain };
}

export function xOf({ left, right, domain: { x } }: PlotFrame, value: number): number {
  return left + ((value - x.low) / (x.high - x.low)) * (right - left);
}

export function yOf({ top, bottom, domain: { y } }: PlotFrame, value: number): number {
  return bottom - ((value - y.low) / (y.high - y.low)) * (bottom - top);
}

export function axisShapes(frame: PlotFrame, colors: PictureColors, names?: AxisNames): Shape[] {
  const { left, right, top, bottom, domain } = frame;
  const across = roundTicks(domain.x, Math.max(2, Math.floor((right - left) / pixelsATickAcross)));
  const up = roundTicks(domain.y, Math.max(2, Math.floor((bottom - top) / pixelsATickUp)));
  const line = (points: number[]): Shape => ({
    kind: 'line',
    points,
    color: colors.grid,
    width: 1,
  });
  const label = { kind: 'text' as const, color: colors.muted, size: tickSize };
  const shapes: Shape[] = [];
  for (const tick of across.ticks) {
    const x = Math.round(xOf(frame, tick)) + 0.5;
    shapes.push(line([x, top, x, bottom]));
    const text = tickText(tick, across.step);
    shapes.push({ ...label, x, y: bottom + 13, text, anchor: 'middle' });
  }
  for (const tick of up.ticks) {
    const y = Math.round(yOf(frame, tick)) + 0.5;
    shapes.push(line([left, y, right, y]));
    shapes.push({ ...label, x: left - 5, y: y + 3, text: tickText(tick, up.step), anchor: 'end' });
  }
  if (names !== undefined) {
    const name = { ...label, size: 11, anchor: 'middle' as const };
    shapes.push({ ...name, x: (left + right) / 2, y: bottom + 27, text: names.x });
    shapes.push({ ...name, x: 12, y: (top + bottom) / 2, text: names.y, upward: true });
  }
  return shapes;
}

/** The part of a straight line that lies within the frame; undefined where none does. */
export function clippedLine(
  frame: PlotFrame,
  line: { slope: number; meanX: number; meanY: number },
  along: Range,
): number[] | undefined {
  const { y } = frame.domain;
  const at = (x: number): number => line.meanY + line.slope * (x - line.meanX);
  const inverse = (value: number): number => line.meanX + (value - line.meanY) / line.slope;
  let { low, high } = along;
  if (line.slope !== 0) {
    const [first = low, second = high] = [inverse(y.low), inverse(y.high)].sort((a, b) => a - b);
    low = Math.max(low, first);
    high = Math.min(high, second);
  } else if (line.meanY < y.low || line.meanY > y.high) {
    return undefined;
  }
  if (low >= high) return undefined;
  return [xOf(frame, low), yOf(frame, at(low)), xOf(frame, high), yOf(frame, at(high))];
}

// Correlations on a line from -1 to +1: the paper's as marks, each run's with its interval below them.
import { references } from './readings';
import type { Marker, PictureColors, Shape } from './scene';
import { signedText } from './ticks';

export interface AxisRow {
  correlation: number | null;
  interval: readonly [number, number] | null;
  marker: Marker;
  color: string;
}

export interface AxisRequest {
  width: number;
  colors: PictureColors;
  rows: readonly AxisRow[];
}

const rowHeight = 16;
const axisY = 40;
const margin = 18;
const labelSize = 10;

export function correlationAxisHeight(rows: number): number {
  return axisY + 20 + rowHeight * rows;
}

export function correlationAxisShapes({ width, colors, rows }: AxisRequest): Shape[] {
  const at = (correlation: number): number =>
    margin + ((correlation + 1) / 2) * (width - 2 * margin);
  const bottom = axisY + 8 + rowHeight * rows.length;
  const line = { kind: 'line' as const, color: colors.muted, width: 1 };
  const label = { kind: 'text' as const, size: labelSize, anchor: 'middle' as const };
  const shapes: Shape[] = [
    { ...line, color: colors.grid, points: [at(0), axisY, at(0), bottom] },
    { ...line, points: [at(-1), axisY, at(1), axisY] },
  ];
  for (const tick of [-1, -0.5, 0, 0.5, 1]) {
    shapes.push({ ...line, points: [at(tick), axisY - 3, at(tick), axisY + 3] });
    const text = tick === 0 ? '0' : signedText(tick, 1);
    shapes.push({ ...label, x: at(tick), y: bottom + 11, text, color: colors.muted });
  }
  for (const { name, correlation } of references) {
    const x = at(correlation);
    shapes.push({ ...line, dash: [2, 3], points: [x, axisY - 8, x, bottom] });
    shapes.push({ ...label, x, y: axisY - 23, text: name, color: colors.foreground, bold: true });
    const text = signedText(correlation);
    shapes.push({ ...label, x, y: axisY - 12, text, color: colors.muted });
  }
  return [...shapes, ...rows.flatMap((row, index) => rowShapes(row, index, at, colors))];
}

function rowShapes(
  { correlation, interval, marker, color }: AxisRow,
  index: number,
  at: (correlation: number) => number,
  colors: PictureColors,
): Shape[] {
  if (correlation === null) return [];
  const y = axisY + 14 + rowHeight * index;
  const shapes: Shape[] = [];
  if (interval !== null) {
    const [low, high] = [at(interval[0]), at(interval[1])];
    const line = { kind: 'line' as const, color, width: 2 };
    shapes.push({ ...line, points: [low, y, high, y] });
    for (const end of [low, high]) shapes.push({ ...line, points: [end, y - 3, end, y + 3] });
  }
  const outline = colors.background;
  shapes.push({ kind: 'marks', points: [at(correlation), y], marker, radius: 5, color, outline });
  return shapes;
}

// A table's main column as bars, group under group: the user's with intervals, the published ones fainter.
import { mixColors } from '../../extension/shared/slopes/ramp';
import {
  moveShapes,
  type PictureColors,
  type Scene,
  type Shape,
} from '../../extension/shared/slopes/scene';
import type { Interval } from '../../extension/shared/statistics/interval';
import { wrapped } from '../slopes/figure';
import type { PlainGroup, PlainTable } from '../tables/plainTable';

export interface BarPicture {
  table: PlainTable;
  /** Of the bars' column. */
  column: number;
  colors: PictureColors;
  isHighContrast: boolean;
}

const rowHeight = 20;
const titleHeight = 26;
const labelWidth = 150;
const valueWidth = 44;
/** Longer titles would run out of a picture. */
const mostLetters = 90;

export function barHeight({ groups }: PlainTable): number {
  return groups.reduce((sum, { rows }) => sum + titleHeight + rows.length * rowHeight, 0) + 8;
}

export function barShapes(picture: BarPicture, width: number): Shape[] {
  const { table, column } = picture;
  const ends = table.groups.flatMap(({ rows }) =>
    rows.flatMap(({ cells }) => [cells[column]?.value ?? 0, cells[column]?.interval?.high ?? 0]),
  );
  const perPoint = (width - labelWidth - valueWidth) / Math.max(1, ...ends);
  const shapes: Shape[] = [];
  let y = 0;
  for (const group of table.groups) {
    shapes.push(titleShape(group, y, picture.colors), ...rowShapes(group, y, perPoint, picture));
    y += titleHeight + group.rows.length * rowHeight;
  }
  return shapes;
}

/** With title and caption, as a file. */
export function barFile(picture: BarPicture, title: string, font: string): Scene {
  const { colors, table } = picture;
  const [width, margin, head] = [760, 24, 52];
  const text = { kind: 'text' as const, x: margin };
  const notes = wrapped(table.caption, 118);
  const body = moveShapes(barShapes(picture, width - 2 * margin), margin, head);
  const below = head + barHeight(table) + 18;
  return {
    ...{ width, background: colors.background, font, height: below + 16 * notes.length + 8 },
    shapes: [
      { ...text, y: 34, size: 16, bold: true, color: colors.foreground, text: title },
      ...body,
      ...notes.map((note, i): Shape => ({
        ...text,
        y: below + 16 * i,
        size: 11,
        color: colors.muted,
        text: note,
      })),
    ],
  };
}

function titleShape({ title, citation }: PlainGroup, y: number, colors: PictureColors): Shape {
  const whole = citation === null ? title : `${title} · ${citation}`;
  const text = whole.length > mostLetters ? `${whole.slice(0, mostLetters - 1)}…` : whole;
  const color = citation === null ? colors.foreground : colors.muted;
  return { kind: 'text', x: 0, y: y + 18, size: 12, text, color, bold: citation === null };
}

function rowShapes(
  { rows, citation }: PlainGroup,
  top: number,
  perPoint: number,
  { colors, column, isHighContrast }: BarPicture,
): Shape[] {
  const own = colors.series[0] ?? colors.foreground;
  const isOwn = citation === null;
  const color = isOwn ? own : mixColors(colors.background, own, isHighContrast ? 0.7 : 0.45);
  const text = { kind: 'text' as const, size: 12, color: isOwn ? colors.foreground : colors.muted };
  return rows.flatMap(({ cells }, i): Shape[] => {
    const y = top + titleHeight + i * rowHeight;
    const { value = 0, interval, text: figure = '' } = cells[column] ?? {};
    const end = labelWidth + Math.max(value, interval?.high ?? 0) * perPoint;
    return [
      { ...text, x: labelWidth - 8, y: y + 14, text: cells[0]?.text ?? '', anchor: 'end' },
      { kind: 'box', x: labelWidth, y: y + 4, width: value * perPoint, height: 12, color },
      ...(interval === undefined ? [] : whisker(interval, y + 10, perPoint, colors)),
      { ...text, x: end + 7, y: y + 14, text: figure },
    ];
  });
}

function whisker(
  { low, high }: Interval,
  y: number,
  perPoint: number,
  colors: PictureColors,
): Shape[] {
  const [from, to] = [labelWidth + low * perPoint, labelWidth + high * perPoint];
  const line = (points: number[]): Shape => ({
    ...{ kind: 'line', points, color: colors.foreground, width: 1.25 },
  });
  return [line([from, y, to, y]), ...[from, to].map((x) => line([x, y - 3.5, x, y + 3.5]))];
}

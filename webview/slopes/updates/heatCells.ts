// A heat map as data: cells of rows and columns, their colours, and how keys and the pointer find one.
import { makeRamp, manyHues, type Ramp } from '../../../extension/shared/slopes/ramp';
import type { PictureColors, Shape } from '../../../extension/shared/slopes/scene';
import type { CanvasSize } from '../../charts/useCanvas';

export interface HeatMapModel {
  /** Names at the left and below; of many, some are shown. */
  rows: readonly string[];
  columns: readonly string[];
  /** What rows and columns are, at the axes. */
  rowTitle: string;
  columnTitle: string;
  /** Row by row; null: an empty cell. */
  values: readonly (number | null)[];
  /** Of the colours. */
  low: number;
  high: number;
}

export interface Cell {
  row: number;
  column: number;
}

interface Frame {
  left: number;
  top: number;
  cellWidth: number;
  cellHeight: number;
}

const edge = { left: 78, right: 8, top: 6, bottom: 34 };
const letterHeight = 11;
const gapPixels = 1;
const largestCell = 40;

export function rampOf(colors: PictureColors): Ramp {
  return makeRamp(manyHues(colors.series, colors.background), colors.background);
}

export function valueAt({ columns, values }: HeatMapModel, { row, column }: Cell): number | null {
  return values[row * columns.length + column] ?? null;
}

/** Rows are as high as they need to be and no more. */
export function heightFor({ rows }: HeatMapModel, most: number): number {
  return Math.min(most, edge.top + edge.bottom + rows.length * largestCell);
}

export function heatShapes(
  model: HeatMapModel,
  size: CanvasSize,
  colors: PictureColors,
  marked: { active?: Cell | undefined; selected?: Cell | undefined } = {},
): Shape[] {
  const frame = frameOf(model, size);
  const ramp = rampOf(colors);
  const cells = model.values.flatMap((value, index): Shape[] => {
    if (value === null) return [];
    const row = Math.floor(index / model.columns.length);
    const box = boxOf(frame, { row, column: index % model.columns.length });
    return [{ kind: 'box', ...box, color: ramp(shareOf(model, value)) }];
  });
  const { active, selected } = marked;
  return [
    ...cells,
    ...nameShapes(model, frame, size, colors),
    ...(selected === undefined ? [] : outline(frame, selected, colors, { width: 2 })),
    ...(active === undefined ? [] : outline(frame, active, colors, { width: 1.5, dash: [3, 2] })),
  ];
}

function shareOf({ low, high }: HeatMapModel, value: number): number {
  return high > low ? (value - low) / (high - low) : 0;
}

export function cellAt(
  model: HeatMapModel,
  size: CanvasSize,
  x: number,
  y: number,
): Cell | undefined {
  const { left, top, cellWidth, cellHeight } = frameOf(model, size);
  const cell = {
    row: Math.floor((y - top) / cellHeight),
    column: Math.floor((x - left) / cellWidth),
  };
  const isInside =
    cell.row >= 0 &&
    cell.column >= 0 &&
    cell.row < model.rows.length &&
    cell.column < model.columns.length;
  return isInside && valueAt(model, cell) !== null ? cell : undefined;
}

/** Of the cell's middle, for what stands beside it. */
export function placeOf(model: HeatMapModel, size: CanvasSize, cell: Cell): [x: number, y: number] {
  const { x, y, width, height } = boxOf(frameOf(model, size), cell);
  return [x + width / 2, y + height / 2];
}

/** Arrows go to the next cell that has a value; Home and End to the ends of the row. */
export function cellByKey(
  model: HeatMapModel,
  from: Cell | undefined,
  key: string,
): Cell | undefined {
  const step = steps[key];
  if (step === undefined) return undefined;
  if (from === undefined) return firstCell(model);
  const [down, right] = step;
  let cell = from;
  if (Number.isFinite(right)) cell = { row: from.row + down, column: from.column + right };
  else cell = { row: from.row, column: right < 0 ? 0 : model.columns.length - 1 };
  const [againDown, againRight] = Number.isFinite(right) ? [down, right] : [0, right < 0 ? 1 : -1];
  while (isWithin(model, cell)) {
    if (valueAt(model, cell) !== null) return cell;
    cell = { row: cell.row + againDown, column: cell.column + againRight };
  }
  return from;
}

const steps: Readonly<Record<string, [down: number, right: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  Home: [0, -Infinity],
  End: [0, Infinity],
};

function firstCell(model: HeatMapModel): Cell | undefined {
  const index = model.values.findIndex((value) => value !== null);
  if (index < 0) return undefined;
  return {
    row: Math.floor(index / model.columns.length),
    column: index % model.columns.length,
  };
}

function isWithin({ rows, columns }: HeatMapModel, { row, column }: Cell): boolean {
  return row >= 0 && column >= 0 && row < rows.length && column < columns.length;
}

function frameOf({ rows, columns }: HeatMapModel, { width, height }: CanvasSize): Frame {
  const cellWidth = (width - edge.left - edge.right) / Math.max(1, columns.length);
  const cellHeight = (height - edge.top - edge.bottom) / Math.max(1, rows.length);
  return {
    left: edge.left,
    top: edge.top,
    cellWidth: Math.min(largestCell, cellWidth),
    cellHeight: Math.min(largestCell, cellHeight),
  };
}

function boxOf({ left, top, cellWidth, cellHeight }: Frame, { row, column }: Cell) {
  // Whole pixels: cells that end between two would have seams of other colours.
  const gap = Math.min(cellWidth, cellHeight) > 12 ? gapPixels : 0;
  const [x, y] = [Math.round(left + column * cellWidth), Math.round(top + row * cellHeight)];
  return {
    ...{ x, y },
    width: Math.round(left + (column + 1) * cellWidth) - x - gap,
    height: Math.round(top + (row + 1) * cellHeight) - y - gap,
  };
}

function outline(
  frame: Frame,
  cell: Cell,
  { foreground }: PictureColors,
  look: { width: number; dash?: number[] },
): Shape[] {
  const { x, y, width, height } = boxOf(frame, cell);
  const [right, below] = [x + width, y + height];
  const points = [x, y, right, y, right, below, x, below, x, y - look.width / 2];
  return [{ kind: 'line', points, color: foreground, ...look }];
}

function nameShapes(
  { rows, columns, rowTitle, columnTitle }: HeatMapModel,
  { left, top, cellWidth, cellHeight }: Frame,
  { width }: CanvasSize,
  colors: PictureColors,
): Shape[] {
  const text = { kind: 'text' as const, size: 11, color: colors.muted };
  const below = top + rows.length * cellHeight;
  const everyRow = spacing(cellHeight, letterHeight + 2);
  const longest = Math.max(1, ...columns.map(({ length }) => length));
  const everyColumn = spacing(cellWidth, 7 * longest + 6);
  const right = Math.min(width - edge.right, left + columns.length * cellWidth);
  return [
    ...rows.flatMap((name, row): Shape[] =>
      row % everyRow > 0
        ? []
        : [
            {
              ...text,
              x: left - 6,
              y: top + (row + 0.5) * cellHeight + 4,
              text: name,
              anchor: 'end',
            },
          ],
    ),
    ...columns.flatMap((name, column): Shape[] =>
      column % everyColumn > 0
        ? []
        : [
            {
              ...text,
              x: left + (column + 0.5) * cellWidth,
              y: below + 14,
              text: name,
              anchor: 'middle',
            },
          ],
    ),
    { ...text, x: (left + right) / 2, y: below + 29, text: columnTitle, anchor: 'middle' },
    ...(rowTitle === ''
      ? []
      : [
          {
            ...text,
            x: 12,
            y: (top + below) / 2,
            text: rowTitle,
            anchor: 'middle' as const,
            upward: true,
          },
        ]),
  ];
}

function spacing(pixels: number, needed: number): number {
  return Math.max(1, Math.ceil(needed / Math.max(1, pixels)));
}

// From lines and a window to what chart.js draws: decimated points, axes with round ticks, a fixed frame so that
// nothing jumps when figures change.
import type { Chart, ChartDataset, ChartOptions, Scale, Tick } from 'chart.js';
import { BlockExtremes, decimate, type DrawnPoint } from './decimation';
import { dashOf, type Line } from './line';
import { heightOf, type Range } from './ranges';
import { faded, type ChartTheme } from './theme';
import { linearTicks, logTicks, tickText, timeTicks } from './ticks';

export interface Axis {
  title: string;
  /** How a value reads at a tick; `step` is the distance of ticks. */
  text: (value: number, step: number) => string;
  isTime?: boolean;
}

export interface Picture {
  lines: readonly Line[];
  window: Range;
  xAxis: Axis;
  yAxis: Axis;
  isLog: boolean;
  ignoresOutliers: boolean;
  reference: { label: string; value: number } | undefined;
}

const axisWidthPixels = 72;
const pixelsPerTick = { x: 90, y: 45 };

export interface Band {
  color: string;
  low: DrawnPoint[];
  high: DrawnPoint[];
}

/** Keeps what is known of each line's blocks between two drawings. */
export class LineDrawing {
  private readonly blocks = new Map<string, BlockExtremes>();
  /** Areas behind the lines, for the plugin that fills them. */
  bands: Band[] = [];

  draw(chart: Chart, picture: Picture, theme: ChartTheme): void {
    const widthPixels = Math.max(100, chart.width - axisWidthPixels);
    const seen = { ...picture.window, widthPixels };
    const parts = picture.lines.map((line) => ({
      line,
      points: decimate(line.points, this.blocksOf(line.id), seen),
      other:
        line.bandTo === undefined
          ? undefined
          : decimate(line.bandTo, this.blocksOf(`${line.id} band`), seen),
    }));
    this.bands = parts.flatMap(({ line, points, other }) =>
      other === undefined
        ? []
        : [{ color: faded(colorOf(line, theme), 0.18), low: points, high: other }],
    );
    const height = heightOf(
      parts.flatMap(({ points, other }) => [points, other ?? []]),
      { ...picture, reference: picture.reference?.value },
    );
    chart.data.datasets = [
      ...parts
        .filter(({ other }) => other === undefined)
        .map(({ line, points }) => datasetOf(line, points, theme)),
      ...referenceOf(picture, height, theme),
    ] as typeof chart.data.datasets;
    chart.options = optionsOf(picture, height, { chart, theme });
    chart.update('none');
  }

  private blocksOf(id: string): BlockExtremes {
    const known = this.blocks.get(id) ?? new BlockExtremes();
    this.blocks.set(id, known);
    return known;
  }
}

function colorOf({ color }: Line, { series }: ChartTheme): string {
  return series[color % series.length] ?? 'gray';
}

function datasetOf(
  line: Line,
  data: DrawnPoint[],
  theme: ChartTheme,
): ChartDataset<'line', DrawnPoint[]> {
  const color = colorOf(line, theme);
  const isFaint = line.look === 'faint';
  const isAlone = data.length === 1;
  return {
    data,
    borderColor: isFaint ? faded(color, theme.isHighContrast ? 0.6 : 0.45) : color,
    backgroundColor: color,
    borderWidth: isFaint ? 1 : theme.isHighContrast ? 2.5 : 1.75,
    borderDash: isFaint ? [] : dashOf(line),
    pointRadius: line.look === 'points' || isAlone ? 3 : 0,
    pointStyle: line.look === 'points' ? 'rectRot' : 'circle',
    pointBorderWidth: 0,
  };
}

function referenceOf(
  { reference, window: { from, to }, isLog }: Picture,
  height: Range | undefined,
  theme: ChartTheme,
): ChartDataset<'line', DrawnPoint[]>[] {
  if (reference === undefined || height === undefined || (isLog && reference.value <= 0)) return [];
  if (reference.value > height.to || reference.value < height.from) return [];
  const y = reference.value;
  const data = [
    { x: from, y },
    { x: to, y },
  ];
  const line = { borderColor: theme.muted, borderWidth: 1, borderDash: [4, 4], pointRadius: 0 };
  return [{ data, ...line }];
}

function optionsOf(
  picture: Picture,
  height: Range | undefined,
  { chart, theme }: { chart: Chart; theme: ChartTheme },
): ChartOptions {
  const { window, xAxis, yAxis, isLog } = picture;
  const y = height ?? { from: isLog ? 0.1 : 0, to: 1 };
  const countX = Math.max(2, chart.width / pixelsPerTick.x);
  const countY = Math.max(3, chart.height / pixelsPerTick.y);
  const makeX = xAxis.isTime === true ? timeTicks : linearTicks;
  const xTicks = makeX(window.from, window.to, countX);
  const yTicks = (isLog ? logTicks : linearTicks)(y.from, y.to, countY);
  const font = { family: theme.font, size: 11 };
  const common = (axis: Axis, ticks: number[]) => ({
    afterBuildTicks: (scale: Scale) => {
      scale.ticks = ticks.map((value): Tick => ({ value }));
    },
    border: { display: false },
    grid: { color: theme.grid, tickLength: 4 },
    title: { display: true, text: axis.title, color: theme.muted, font, padding: 2 },
    ticks: {
      color: theme.muted,
      font,
      autoSkip: false,
      maxRotation: 0,
      callback: (value: string | number) => axis.text(Number(value), stepOf(ticks)),
    },
  });
  return {
    animation: false,
    parsing: false,
    normalized: true,
    maintainAspectRatio: false,
    events: [],
    layout: { padding: { top: 6, right: 10, bottom: 0, left: 0 } },
    scales: {
      x: { type: 'linear', min: window.from, max: window.to, ...common(xAxis, xTicks) },
      y: {
        type: isLog ? 'logarithmic' : 'linear',
        min: y.from,
        max: y.to,
        ...common(yAxis, yTicks),
        afterFit: (scale: Scale) => {
          scale.width = axisWidthPixels;
        },
      },
    },
  };
}

function stepOf(ticks: readonly number[]): number {
  const [first = 0, second = first] = ticks;
  return second - first;
}

/** For axes of plain numbers. */
export function numberAxis(title: string): Axis {
  return { title, text: tickText };
}

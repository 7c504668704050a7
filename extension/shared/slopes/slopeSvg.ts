// A small picture of runs' scatter, for hovers: direction change across, magnitude change up, each point a
// module at a step, early ones faint.
import type { SlopeFit } from '../run';
import { axisShapes, clippedLine, plotFrame, xOf, yOf, type PlotFrame } from './plot';
import { makeRamp, manyHues, type Ramp } from './ramp';
import { markers, type Marker, type PictureColors, type Scene, type Shape } from './scene';
import { sceneSvg } from './svg';
import { paddedRange, rangeOf, signedText } from './ticks';

export interface PicturePoint {
  deltaD: number;
  deltaM: number;
  /** 0 for the first step, 1 for the last. */
  age: number;
}

export interface PictureRun {
  label: string;
  points: readonly PicturePoint[];
  /** Its line and its correlation, of whichever points; none is shown without it. */
  fit: SlopeFit | undefined;
}

export interface SlopePicture {
  runs: readonly PictureRun[];
  width: number;
  height: number;
  colors: PictureColors;
}

const legendHeight = 16;
/** Points of one age are one shape. */
const ages = 16;

export function slopeSvg(picture: SlopePicture): string {
  return sceneSvg(slopeScene(picture));
}

function slopeScene({ runs, width, height, colors }: SlopePicture): Scene {
  const points = runs.flatMap((run) => run.points);
  const domain = {
    x: paddedRange(rangeOf(points.map(({ deltaD }) => deltaD))),
    y: paddedRange(rangeOf(points.map(({ deltaM }) => deltaM))),
  };
  const names = { x: 'ΔD', y: 'ΔM' };
  const plotHeight = height - legendHeight * runs.length;
  const frame = plotFrame({ width, height: plotHeight }, domain, names);
  const shapes: Shape[] = axisShapes(frame, colors, names);
  for (const [index, run] of runs.entries()) {
    const look = runLook(index, runs.length, colors);
    shapes.push(...pointShapes(frame, run.points, look));
    shapes.push(...lineShapes(frame, run, look));
    shapes.push(...legendShapes(run, look, { y: plotHeight + legendHeight * index, colors }));
  }
  return { width, height, background: colors.background, font: 'sans-serif', shapes };
}

export interface RunLook {
  marker: Marker;
  ramp: Ramp;
}

/** One run alone runs through the theme's hues; several have one hue and one marker each. */
export function runLook(index: number, count: number, colors: PictureColors): RunLook {
  const { series, background, foreground } = colors;
  const marker = markers[index % markers.length] ?? 'circle';
  const own = series[index % series.length] ?? foreground;
  return { marker, ramp: makeRamp(count === 1 ? manyHues(series, background) : [own], background) };
}

function pointShapes(frame: PlotFrame, points: readonly PicturePoint[], look: RunLook): Shape[] {
  const byAge = new Map<number, number[]>();
  for (const { deltaD, deltaM, age } of points) {
    const shade = Math.round(age * (ages - 1)) / (ages - 1);
    const group = byAge.get(shade) ?? [];
    group.push(xOf(frame, deltaD), yOf(frame, deltaM));
    byAge.set(shade, group);
  }
  return [...byAge]
    .sort(([one], [other]) => one - other)
    .map(([age, at]) => ({
      kind: 'marks',
      points: at,
      marker: look.marker,
      radius: 2.6,
      color: look.ramp(age),
    }));
}

function lineShapes(frame: PlotFrame, { points, fit }: PictureRun, { ramp }: RunLook): Shape[] {
  const slope = fit?.slope ?? null;
  if (slope === null) return [];
  const across = points.map(({ deltaD }) => deltaD);
  const along = rangeOf(across);
  if (along === undefined) return [];
  const meanY = mean(points.map(({ deltaM }) => deltaM));
  const line = clippedLine(frame, { slope, meanX: mean(across), meanY }, along);
  return line === undefined ? [] : [{ kind: 'line', points: line, color: ramp(1), width: 1.5 }];
}

function legendShapes(
  { label, fit }: PictureRun,
  { marker, ramp }: RunLook,
  { y, colors }: { y: number; colors: PictureColors },
): Shape[] {
  const correlation = fit?.correlation ?? null;
  const text = correlation === null ? label : `${label} · r = ${signedText(correlation)}`;
  return [
    { kind: 'marks', points: [14, y + 7], marker, radius: 4, color: ramp(1) },
    { kind: 'text', x: 24, y: y + 11, text, color: colors.foreground, size: 11 },
  ];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

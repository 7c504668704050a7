// What changes most often in a plot: the fitted lines, the step that is shown, a layer's path, the active point.
import { clippedLine, xOf, yOf, type PlotFrame } from '../../extension/shared/slopes/plot';
import type { PictureColors, Shape } from '../../extension/shared/slopes/scene';
import { currentMarks, type Looks } from './looks';
import type { PlotModel, SeriesFit } from './plots';
import { pathOf, selectedModule, type PlotPoint, type Selection } from './selection';

export interface OverlayRequest {
  plot: PlotModel;
  looks: Looks;
  colors: PictureColors;
  step: number;
  selection: Selection | null;
  active: PlotPoint | undefined;
}

export function overlayShapes(request: OverlayRequest, frame: PlotFrame): Shape[] {
  const { plot, looks, colors } = request;
  return [
    ...plot.fits.flatMap((fit) => lineShapes(fit, frame, request)),
    ...plot.current.map((group) => currentMarks(group, frame, looks, colors)),
    ...pathShapes(request, frame),
    ...activeShapes(request, frame),
  ];
}

function lineShapes(fit: SeriesFit, frame: PlotFrame, { looks, colors }: OverlayRequest): Shape[] {
  const { slope, meanD, meanM, along, series } = fit;
  if (slope === null || along === undefined) return [];
  const points = clippedLine(frame, { slope, meanX: meanD, meanY: meanM }, along);
  if (points === undefined) return [];
  const color = looks.of(series.index).ramp(1);
  return [
    // A lighter edge keeps the line readable across points.
    { kind: 'line', points, color: colors.background, width: 4 },
    { kind: 'line', points, color, width: 2 },
  ];
}

function pathShapes(request: OverlayRequest, frame: PlotFrame): Shape[] {
  const { plot, looks, colors, selection, step } = request;
  if (selection === null) return [];
  return plot.fits.flatMap(({ series }) => {
    const module = selectedModule(series, selection, plot.type);
    const path = module === undefined ? [] : pathOf(series, module, step);
    const last = path.at(-1);
    if (last === undefined) return [];
    const points = path.flatMap((point) => placeOf(point, frame));
    const { marker } = looks.of(series.index);
    const stops: Shape[] = path.map((point) => ({
      kind: 'marks',
      points: placeOf(point, frame),
      marker: 'circle',
      radius: 2,
      color: looks.color(series.index, point.step),
    }));
    const outline = colors.foreground;
    const color = looks.color(series.index, last.step);
    return [
      { kind: 'line', points, color: colors.foreground, width: 1.2 },
      ...stops,
      { kind: 'marks', points: placeOf(last, frame), marker, radius: 5, color, outline },
    ];
  });
}

function activeShapes({ active, looks, colors }: OverlayRequest, frame: PlotFrame): Shape[] {
  if (active === undefined) return [];
  const { marker } = looks.of(active.index);
  const points = placeOf(active, frame);
  const color = looks.color(active.index, active.step);
  return [{ kind: 'marks', points, marker, radius: 5.5, color, outline: colors.foreground }];
}

function placeOf({ deltaD, deltaM }: PlotPoint, frame: PlotFrame): [number, number] {
  return [xOf(frame, deltaD), yOf(frame, deltaM)];
}

// The whole page as one picture to export: title, readings, the correlation axis and every multiple.
import {
  correlationAxisHeight,
  correlationAxisShapes,
} from '../../extension/shared/slopes/correlationAxis';
import { axisShapes, plotFrame } from '../../extension/shared/slopes/plot';
import {
  moveShapes,
  type PictureColors,
  type Scene,
  type Shape,
} from '../../extension/shared/slopes/scene';
import type { Translate } from '../../extension/shared/translate';
import { historyMarks, type Looks } from './looks';
import { overlayShapes } from './overlay';
import type { PlotModel, SeriesFit } from './plots';
import type { Selection } from './selection';
import { fitText, readingText, scopeText, typeText } from './texts';
import type { Scope } from './timeline';

export interface FigureRequest {
  plots: readonly PlotModel[];
  /** The plot whose fits the readings and the axis show. */
  focus: PlotModel;
  scope: Scope;
  step: number;
  selection: Selection | null;
  looks: Looks;
  colors: PictureColors;
  font: string;
  t: Translate;
}

const width = 1120;
const margin = 20;
const columns = 4;
const gap = 16;
const plotHeight = 210;
const axisWidth = 420;
const lineHeight = 16;
/** Of a letter of the text's size, about. */
const letterWidth = 6;

export function figureScene(request: FigureRequest): Scene {
  const { plots, colors, font } = request;
  const head = headShapes(request);
  const plotWidth = (width - 2 * margin - (columns - 1) * gap) / columns;
  const cellHeight = 20 + lineHeight * request.focus.fits.length + plotHeight + gap;
  const shapes = [...head.shapes];
  for (const [index, plot] of plots.entries()) {
    const x = margin + (index % columns) * (plotWidth + gap);
    const y = head.height + Math.floor(index / columns) * cellHeight;
    shapes.push(...moveShapes(cellShapes(plot, plotWidth, request), x, y));
  }
  const height = head.height + Math.ceil(plots.length / columns) * cellHeight + margin;
  return { width, height, background: colors.background, font, shapes };
}

function headShapes({ focus, scope, step, looks, colors, t }: FigureRequest): {
  shapes: Shape[];
  height: number;
} {
  const scopeName = scopeText(scope, t);
  const title = t('{0}, step {1} ({2})', typeText(focus.type, t), step, scopeName);
  const text = { kind: 'text' as const, color: colors.foreground };
  const shapes: Shape[] = [
    { ...text, x: margin, y: 34, size: 16, bold: true, text: t('Slope diagnostics') },
    { ...text, x: margin, y: 54, size: 12, color: colors.muted, text: title },
  ];
  const textLeft = margin + axisWidth + 2 * gap;
  const letters = Math.floor((width - textLeft - margin - 20) / letterWidth);
  let y = 34;
  for (const fit of focus.fits) {
    shapes.push(runMark(fit, looks, textLeft + 6, y - 4));
    const reading = `${fit.series.run.label}: ${readingText(fit, t)}`;
    for (const line of wrapped(reading, letters)) {
      shapes.push({ ...text, x: textLeft + 18, y, size: 12, text: line });
      y += lineHeight;
    }
    y += 4;
  }
  const rows = focus.fits.map(({ correlation, interval, series: { index } }) => {
    const { marker, ramp } = looks.of(index);
    return { correlation, interval, marker, color: ramp(1) };
  });
  const axis = correlationAxisShapes({ width: axisWidth, colors, rows });
  shapes.push(...moveShapes(axis, margin, 60));
  const height = Math.max(y, 60 + correlationAxisHeight(rows.length)) + gap;
  return { shapes, height };
}

function cellShapes(plot: PlotModel, plotWidth: number, request: FigureRequest): Shape[] {
  const { looks, colors, step, selection, t } = request;
  const text = { kind: 'text' as const, color: colors.foreground };
  const shapes: Shape[] = [
    { ...text, x: 4, y: 14, size: 13, bold: true, text: typeText(plot.type, t) },
  ];
  for (const [index, fit] of plot.fits.entries()) {
    const y = 30 + lineHeight * index;
    shapes.push(runMark(fit, looks, 8, y - 4));
    shapes.push({ ...text, x: 18, y, size: 10.5, color: colors.muted, text: fitText(fit, t) });
  }
  const names = { x: 'ΔD', y: 'ΔM' };
  const frame = plotFrame({ width: plotWidth, height: plotHeight }, plot.domain, names);
  const all = plot.history.reduce((sum, { modules }) => sum + modules.length, 0);
  const overlay = { plot, looks, colors, step, selection, active: undefined };
  const picture = [
    ...axisShapes(frame, colors, names),
    ...plot.history.map((group) => historyMarks(group, frame, looks, all)),
    ...overlayShapes(overlay, frame),
  ];
  return [...shapes, ...moveShapes(picture, 0, 20 + lineHeight * plot.fits.length)];
}

function runMark({ series }: SeriesFit, looks: Looks, x: number, y: number): Shape {
  const { marker, ramp } = looks.of(series.index);
  return { kind: 'marks', points: [x, y], marker, radius: 4, color: ramp(1) };
}

/** Lines of whole words. */
export function wrapped(text: string, letters: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > letters) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

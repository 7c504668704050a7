// A small multiple's picture: two canvases. What earlier steps left is drawn once and only added to; the step
// that is shown, lines and the active point lie above it and are drawn anew.
import type { VNode } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import {
  axisShapes,
  plotFrame,
  xOf,
  yOf,
  type PlotFrame,
} from '../../extension/shared/slopes/plot';
import { paintShapes } from '../charts/paint';
import type { PictureTheme } from '../charts/pictureTheme';
import { drawingContext, useSize, type CanvasSize } from '../charts/useCanvas';
import { t } from '../page/translate';
import { historyMarks } from './looks';
import { overlayShapes, type OverlayRequest } from './overlay';
import type { PlotModel } from './plots';
import { currentPoints, pointAt, pointByKey, pointTexts, type PlotPoint } from './selection';

interface PlotCanvasProps extends Omit<OverlayRequest, 'active' | 'colors'> {
  label: string;
  theme: PictureTheme;
  hasNames: boolean;
  onSelect: (point: PlotPoint | undefined) => void;
  /** Escape, where nothing is selected. */
  onLeave: () => void;
}

/** What the lower canvas shows. */
interface Drawn {
  look: string;
  keys: string[];
}

const axisNames = { x: 'ΔD', y: 'ΔM' };

export function PlotCanvas(props: PlotCanvasProps): VNode {
  const { plot, theme, label, hasNames, selection } = props;
  const [place, size] = useSize<HTMLDivElement>();
  const lower = useRef<HTMLCanvasElement>(null);
  const upper = useRef<HTMLCanvasElement>(null);
  const drawn = useRef<Drawn>({ look: '', keys: [] });
  const [active, setActive] = useState<{ point: PlotPoint; byKey: boolean }>();
  const names = hasNames ? axisNames : undefined;
  const frame = size && plotFrame(size, plot.domain, names);
  const point = active && stillThere(plot, active.point);

  useLayoutEffect(() => {
    if (size === undefined || frame === undefined) return;
    drawn.current = drawHistory(lower.current, { size, frame, names }, props, drawn.current);
    const context = drawingContext(upper.current, size, true);
    if (context === null) return;
    const { colors, font } = theme;
    paintShapes(context, overlayShapes({ ...props, colors, active: point }, frame), font);
  });

  const move = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' || event.key === ' ') props.onSelect(point);
    else if (event.key === 'Escape') {
      if (selection === null) props.onLeave();
      else props.onSelect(undefined);
    } else {
      const next = pointByKey(currentPoints(plot), point, event.key);
      if (next === undefined) return;
      setActive({ point: next, byKey: true });
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const hover = ({ offsetX, offsetY }: PointerEvent): void => {
    const found = frame && pointAt(plot, frame, offsetX, offsetY);
    setActive(found && { point: found, byKey: false });
  };
  return (
    <div
      ref={place}
      class="plot-canvas"
      role="application"
      aria-roledescription={t('scatter')}
      aria-label={label}
      tabIndex={0}
      onKeyDown={move}
      onPointerMove={hover}
      onPointerLeave={() => {
        setActive(undefined);
      }}
      onBlur={() => {
        setActive(undefined);
      }}
      onClick={() => {
        props.onSelect(point);
      }}
    >
      <canvas ref={lower} aria-hidden="true" />
      <canvas ref={upper} aria-hidden="true" />
      {point !== undefined && frame !== undefined && size !== undefined && (
        <PointTip point={point} frame={frame} size={size} plot={plot} />
      )}
      <span class="visually-hidden" aria-live="polite">
        {active?.byKey === true && point !== undefined ? spokenText(plot, point) : ''}
      </span>
    </div>
  );
}

/** A point of a step that is no longer shown is no longer active; the numbers are those of now. */
function stillThere(plot: PlotModel, point: PlotPoint): PlotPoint | undefined {
  const group = [...plot.current, ...plot.history].find(
    ({ index, step }) => index === point.index && step === point.step,
  );
  return group?.modules.some(({ name }) => name === point.module.name) === true ? point : undefined;
}

interface Place {
  size: CanvasSize;
  frame: PlotFrame;
  names: typeof axisNames | undefined;
}

function drawHistory(
  canvas: HTMLCanvasElement | null,
  { size, frame, names }: Place,
  { plot, looks, theme }: PlotCanvasProps,
  before: Drawn,
): Drawn {
  const { history } = plot;
  const all = history.reduce((sum, { modules }) => sum + modules.length, 0);
  const density = all > 3000 ? 2 : all > 400 ? 1 : 0;
  const look = JSON.stringify([size, frame, looks.key, density, devicePixelRatio]);
  const keys = history.map(({ key }) => key);
  const isAdded =
    before.look === look && before.keys.every((key, position) => keys[position] === key);
  const context = drawingContext(canvas, size, !isAdded);
  if (context === null) return before;
  if (!isAdded) paintShapes(context, axisShapes(frame, theme.colors, names), theme.font);
  const fresh = history.slice(isAdded ? before.keys.length : 0);
  const marks = fresh.map((group) => historyMarks(group, frame, looks, all));
  paintShapes(context, marks, theme.font);
  return { look, keys };
}

function spokenText(plot: PlotModel, point: PlotPoint): string {
  const label = plot.fits.find(({ series }) => series.index === point.index)?.series.run.label;
  const run = plot.fits.length > 1 && label !== undefined ? [label] : [];
  return [...run, ...pointTexts(point, t)].join(', ');
}

interface PointTipProps {
  point: PlotPoint;
  frame: PlotFrame;
  size: CanvasSize;
  plot: PlotModel;
}

function PointTip({ point, frame, size, plot }: PointTipProps): VNode {
  const x = xOf(frame, point.deltaD);
  const y = yOf(frame, point.deltaM);
  const run = plot.fits.find(({ series }) => series.index === point.index)?.series.run;
  const [where, values] = pointTexts(point, t);
  // As far along its own width as the point is along the plot's, so that it ends where the plot ends.
  const along = `${((100 * x) / size.width).toFixed(1)}%`;
  const style = {
    ...{ left: along, transform: `translateX(-${along})` },
    ...(y < size.height / 2 ? { top: `${y + 12}px` } : { bottom: `${size.height - y + 12}px` }),
  };
  return (
    <div class="point-tip" style={style} aria-hidden="true">
      {plot.fits.length > 1 && <strong>{run?.label}</strong>}
      <span>{where}</span>
      <span>{values}</span>
    </div>
  );
}

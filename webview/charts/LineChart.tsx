// A chart of lines over steps, time or tokens: live, zoomed and moved by pointer, wheel and keyboard together with
// the charts beside it, with a legend that tells values and hides lines, a table of its figures, and export.
import {
  Chart,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
} from 'chart.js';
import type { VNode } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { ExportFile } from '../../extension/shared/pages/common';
import { IconButton } from '../components/toolkit';
import { t } from '../page/translate';
import { ChartFigures } from './ChartFigures';
import { ChartLegend } from './ChartLegend';
import { ChartTooltip } from './ChartTooltip';
import { overlayPlugin } from './crosshair';
import { LineDrawing, type Axis, type Picture } from './drawing';
import { csvOf, fileNameOf, pngOf } from './exportChart';
import { useGestures, type GestureTarget } from './gestures';
import { visibleLines, type Line } from './line';
import { useSharedRange, type ChartLink } from './link';
import { nearestIndex } from './points';
import { moved, zoomed, type Range } from './ranges';
import { readTheme } from './theme';
import { useChart } from './useChart';
import './chart.css';

Chart.register(LinearScale, LineController, LineElement, LogarithmicScale, PointElement);

export interface LineChartProps {
  title: string;
  /** Of the files that are saved: what the chart is about. */
  subject: string;
  lines: readonly Line[];
  xAxis: Axis;
  yAxis: Axis;
  /** How a value reads in full, in the legend and in tables. */
  valueText: (value: number) => string;
  isLog: boolean;
  ignoresOutliers: boolean;
  reference?: { label: string; value: number };
  link: ChartLink;
  /** What all charts of the link show when nothing is zoomed. */
  whole: Range;
  /** Ids of lines. */
  hidden: readonly string[];
  onHide: (hidden: string[]) => void;
  onSave: (file: ExportFile) => void;
  /** False while points are still to come: what is saved then would lack them. */
  maySave?: boolean;
  /** False where something else on the page tells the lines. */
  hasLegend?: boolean;
}

export function LineChart(props: LineChartProps): VNode {
  const { title, lines, link, whole, hidden, xAxis, yAxis, valueText } = props;
  const range = useSharedRange(link);
  const shown = visibleLines(lines, hidden);
  const window = within(range, whole);
  const picture: Picture = { ...props, reference: props.reference, lines: shown, window };
  const place = useRef<HTMLDivElement>(null);
  const { canvas, chart } = usePicture(picture, link);
  const target = targetOf({ chart: () => chart.current, link, whole, window, lines: shown });
  const { selection, onKeyDown } = useGestures(place, target);
  const label = t('{0} over {1}', title, xAxis.title);
  return (
    <figure class="chart-card">
      <figcaption class="chart-head">
        <h3>{title}</h3>
        <span class="chart-actions">
          {range !== undefined && (
            <IconButton
              icon="screen-normal"
              label={t('Reset zoom')}
              onClick={() => {
                link.setRange(undefined);
              }}
            />
          )}
          <IconButton
            icon="device-camera"
            disabled={props.maySave === false}
            label={t('Save {0} as a picture', title)}
            onClick={() => {
              if (chart.current !== null) {
                const base64 = pngOf(chart.current, { title, lines: shown, theme: readTheme() });
                props.onSave({ name: `${fileNameOf(props.subject, title)}.png`, base64 });
              }
            }}
          />
          <IconButton
            icon="save"
            disabled={props.maySave === false}
            label={t('Save the data of {0} as CSV', title)}
            onClick={() => {
              const text = csvOf(xAxis.title, shown);
              props.onSave({ name: `${fileNameOf(props.subject, title)}.csv`, text });
            }}
          />
        </span>
      </figcaption>
      <div
        ref={place}
        class="chart"
        tabIndex={0}
        role="group"
        aria-label={label}
        aria-description={t(
          'Plus and minus zoom, arrow keys move, 0 shows all, Shift with arrow keys reads values.',
        )}
        title={
          range === undefined
            ? t('Drag to zoom; Ctrl and wheel too; Shift and drag to move; double-click for all')
            : undefined
        }
        onKeyDown={onKeyDown}
      >
        <canvas ref={canvas} role="img" aria-label={label} />
        {selection && (
          <div
            class="chart-selection"
            style={{ left: `${selection.left}px`, width: `${selection.width}px` }}
          />
        )}
        <ChartTooltip
          chart={chart}
          place={place}
          lines={shown}
          link={link}
          {...{ xAxis, valueText }}
        />
      </div>
      {props.hasLegend !== false && (
        <ChartLegend
          {...{ lines, hidden, link, valueText }}
          onHide={props.onHide}
          reference={props.reference}
        />
      )}
      <ChartFigures {...{ title, lines: shown, xAxis, yAxis, valueText }} />
    </figure>
  );
}

function within(range: Range | undefined, whole: Range): Range {
  if (range === undefined || range.from >= whole.to || range.to <= whole.from) return whole;
  return range;
}

function usePicture(picture: Picture, link: ChartLink): ReturnType<typeof useChart> {
  const latest = useRef(picture);
  latest.current = picture;
  const theme = useRef(readTheme());
  const drawing = useMemo(() => new LineDrawing(), []);
  const made = useChart({
    create: (element, current) => {
      theme.current = current;
      const chart = new Chart(element, {
        type: 'line',
        data: { datasets: [] },
        options: { animation: false, maintainAspectRatio: false, events: [] },
        plugins: [
          overlayPlugin({
            bands: () => drawing.bands,
            lines: () => latest.current.lines,
            pointerX: () => link.pointerX,
            theme: () => theme.current,
          }),
        ],
      });
      drawing.draw(chart, latest.current, current);
      return chart;
    },
    update: (chart, current) => {
      theme.current = current;
      drawing.draw(chart, latest.current, current);
    },
  });
  useEffect(() => {
    // Decimation and ticks depend on the size.
    const resized = new ResizeObserver(() => {
      if (made.chart.current === null) return;
      made.chart.current.resize();
      drawing.draw(made.chart.current, latest.current, theme.current);
    });
    if (made.canvas.current?.parentElement) resized.observe(made.canvas.current.parentElement);
    const stop = link.onPointerChange(() => {
      requestAnimationFrame(() => made.chart.current?.draw());
    });
    return () => {
      resized.disconnect();
      stop();
    };
  }, [link]);
  return made;
}

interface TargetSources {
  chart: () => Chart | null;
  link: ChartLink;
  whole: Range;
  window: Range;
  lines: readonly Line[];
}

function targetOf({ chart, link, whole, window, lines }: TargetSources): GestureTarget {
  return {
    valueAt: (pixels) => {
      const scale = chart()?.scales.x;
      const value = scale?.getValueForPixel(pixels);
      return value === undefined ? undefined : Math.min(window.to, Math.max(window.from, value));
    },
    zoom: (factor, at) => {
      const middle = link.pointerX ?? (window.from + window.to) / 2;
      link.setRange(zoomed(window, whole, factor, at ?? middle));
    },
    zoomTo: (from, to) => {
      if (to > from) link.setRange({ from, to });
    },
    move: (share) => {
      link.setRange(moved(window, whole, share));
    },
    reset: () => {
      link.setRange(undefined);
    },
    point: (x) => {
      link.setPointer(x);
    },
    step: (direction) => {
      const points = lines.find((line) => line.look === 'line')?.points ?? lines[0]?.points;
      if (points === undefined) return;
      const start = link.pointerX ?? (direction > 0 ? window.from : window.to);
      const index = (nearestIndex(points, start) ?? 0) + direction;
      const x = points.x[Math.min(points.length - 1, Math.max(0, index))];
      if (x !== undefined) link.setPointer(x);
    },
    widthPixels: () => chart()?.chartArea.width ?? 1,
  };
}

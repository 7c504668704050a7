// One chart.js chart on a canvas: made once, updated in place, drawn anew in another theme.
import type { Chart } from 'chart.js';
import { useEffect, useRef } from 'preact/hooks';
import type { RefObject } from 'preact';
import { onThemeChange, readTheme, type ChartTheme } from './theme';

export interface ChartMaker {
  create: (canvas: HTMLCanvasElement, theme: ChartTheme) => Chart;
  /** New data or options into the chart that is there. */
  update: (chart: Chart, theme: ChartTheme) => void;
}

export function useChart({ create, update }: ChartMaker): {
  canvas: RefObject<HTMLCanvasElement | null>;
  chart: RefObject<Chart | null>;
} {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<Chart>(null);
  const latest = useRef(update);
  latest.current = update;
  useEffect(() => {
    if (canvas.current === null) return undefined;
    const made = create(canvas.current, readTheme());
    chart.current = made;
    const stop = onThemeChange(() => {
      latest.current(made, readTheme());
    });
    return () => {
      stop();
      made.destroy();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    if (chart.current !== null) update(chart.current, readTheme());
  });
  return { canvas, chart };
}

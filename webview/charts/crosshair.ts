// Draws what chart.js does not: areas between two lines, and the pointer's place with a mark on every line.
import type { Chart, Plugin } from 'chart.js';
import type { Band } from './drawing';
import type { Line } from './line';
import { nearestIndex } from './points';
import type { ChartTheme } from './theme';

export interface Overlay {
  bands: () => readonly Band[];
  lines: () => readonly Line[];
  pointerX: () => number | undefined;
  theme: () => ChartTheme;
}

export function overlayPlugin(overlay: Overlay): Plugin {
  return {
    id: 'overlay',
    beforeDatasetsDraw: (chart) => {
      clipped(chart, () => {
        for (const band of overlay.bands()) fillBand(chart, band);
      });
    },
    afterDatasetsDraw: (chart) => {
      const x = overlay.pointerX();
      if (x !== undefined) {
        clipped(chart, () => {
          drawPointer(chart, x, overlay);
        });
      }
    },
  };
}

function clipped(chart: Chart, draw: () => void): void {
  const { ctx, chartArea } = chart;
  ctx.save();
  ctx.beginPath();
  ctx.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
  ctx.clip();
  draw();
  ctx.restore();
}

function fillBand(chart: Chart, { color, low, high }: Band): void {
  const { x, y } = chart.scales;
  if (x === undefined || y === undefined) return;
  const { ctx } = chart;
  ctx.beginPath();
  for (const point of [...low, ...[...high].reverse()]) {
    ctx.lineTo(x.getPixelForValue(point.x), y.getPixelForValue(point.y));
  }
  ctx.closePath();
  ctx.fillStyle = color;
  ctx.fill();
}

function drawPointer(chart: Chart, pointerX: number, overlay: Overlay): void {
  const { ctx, chartArea, scales } = chart;
  const { x, y } = scales;
  if (x === undefined || y === undefined) return;
  const { muted, series, background } = overlay.theme();
  const at = Math.round(x.getPixelForValue(pointerX)) + 0.5;
  ctx.strokeStyle = muted;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(at, chartArea.top);
  ctx.lineTo(at, chartArea.bottom);
  ctx.stroke();
  for (const { points, color, look, bandTo } of overlay.lines()) {
    const index = nearestIndex(points, pointerX);
    if (index === undefined || look === 'faint' || bandTo !== undefined) continue;
    ctx.beginPath();
    const markX = x.getPixelForValue(points.x[index] ?? 0);
    ctx.arc(markX, y.getPixelForValue(points.y[index] ?? NaN), 3.5, 0, 2 * Math.PI);
    ctx.fillStyle = series[color % series.length] ?? muted;
    ctx.fill();
    ctx.strokeStyle = background;
    ctx.stroke();
  }
}

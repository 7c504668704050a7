// A chart as a file: a picture with title and legend, or all its points as CSV.
import type { Chart } from 'chart.js';
import { dashOf, legendLines, type Line } from './line';
import type { Points } from './points';
import type { ChartTheme } from './theme';

interface PngContent {
  title: string;
  lines: readonly Line[];
  theme: ChartTheme;
}

const headPixels = 54;

/** In base64. */
export function pngOf(chart: Chart, { title, lines, theme }: PngContent): string {
  const ratio = chart.currentDevicePixelRatio;
  const canvas = document.createElement('canvas');
  canvas.width = chart.width * ratio;
  canvas.height = (chart.height + headPixels) * ratio;
  const context = canvas.getContext('2d');
  if (context === null) return '';
  context.scale(ratio, ratio);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, chart.width, chart.height + headPixels);
  context.fillStyle = theme.foreground;
  context.font = `600 14px ${theme.font}`;
  context.fillText(title, 12, 20);
  drawLegend(context, lines, theme);
  context.drawImage(chart.canvas, 0, headPixels, chart.width, chart.height);
  return canvas.toDataURL('image/png').replace(/^[^,]*,/, '');
}

function drawLegend(
  context: CanvasRenderingContext2D,
  lines: readonly Line[],
  theme: ChartTheme,
): void {
  context.font = `12px ${theme.font}`;
  let x = 12;
  for (const line of legendLines(lines)) {
    context.strokeStyle = theme.series[line.color % theme.series.length] ?? theme.foreground;
    context.lineWidth = 2;
    context.setLineDash(dashOf(line));
    context.beginPath();
    context.moveTo(x, 36);
    context.lineTo(x + 20, 36);
    context.stroke();
    context.fillStyle = theme.foreground;
    context.fillText(line.label, x + 26, 40);
    x += 26 + context.measureText(line.label).width + 18;
  }
}

/** One row a place of x, one column a line; empty where a line has no point. */
export function csvOf(xTitle: string, lines: readonly Line[]): string {
  const shown = lines.filter(({ bandTo }) => bandTo === undefined);
  const rows = new Map<number, string[]>();
  for (const [column, { points }] of shown.entries()) addColumn(rows, points, column);
  const head = [xTitle, ...shown.map(({ label }) => label)].map(quoted).join(',');
  const places = [...rows.keys()].sort((a, b) => a - b);
  const body = places.map((x) => {
    const values = rows.get(x) ?? [];
    return [String(x), ...shown.map((_, column) => values[column] ?? '')].join(',');
  });
  return `${[head, ...body].join('\n')}\n`;
}

function addColumn(rows: Map<number, string[]>, { x, y, length }: Points, column: number): void {
  for (let index = 0; index < length; index += 1) {
    const value = y[index] ?? NaN;
    if (!Number.isFinite(value)) continue;
    const place = x[index] ?? NaN;
    const row = rows.get(place) ?? [];
    // Figures are held with seven digits.
    row[column] = String(Number(value.toPrecision(7)));
    rows.set(place, row);
  }
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** `starter-DoRA-r16-loss` */
export function fileNameOf(subject: string, title: string): string {
  return `${subject} ${title}`
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
}

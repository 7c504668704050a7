// Lines over steps: zoom with the wheel or by dragging, pan with Shift, decimated to what the screen can show.
import {
  Chart,
  Decimation,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
  type ChartOptions,
} from 'chart.js';
import Zoom from 'chartjs-plugin-zoom';
import type { VNode } from 'preact';
import { useChart } from './useChart';
import type { ChartTheme } from './theme';

Chart.register(
  Decimation,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
  Zoom,
);

export interface Line {
  label: string;
  points: { x: number; y: number }[];
}

interface LineChartProps {
  /** For screen readers: what the chart shows. */
  label: string;
  lines: readonly Line[];
}

export function LineChart({ label, lines }: LineChartProps): VNode {
  const datasets = (theme: ChartTheme) =>
    lines.map((line, index) => ({
      label: line.label,
      data: line.points,
      borderColor: theme.series[index % theme.series.length],
      borderWidth: 1.5,
      pointRadius: 0,
    }));
  const { canvas } = useChart({
    create: (element, theme) =>
      new Chart(element, {
        type: 'line',
        data: { datasets: datasets(theme) },
        options: optionsOf(theme),
      }),
    update: (chart, theme) => {
      chart.data.datasets = datasets(theme);
      chart.options = optionsOf(theme);
      chart.update('none');
    },
  });
  return (
    <div class="chart">
      <canvas ref={canvas} role="img" aria-label={label} />
    </div>
  );
}

function optionsOf(theme: ChartTheme): ChartOptions<'line'> {
  const axis = { ticks: { color: theme.muted }, grid: { color: theme.grid } };
  return {
    animation: false,
    parsing: false,
    maintainAspectRatio: false,
    interaction: { mode: 'nearest', axis: 'x', intersect: false },
    scales: { x: { type: 'linear', ...axis }, y: { type: 'linear', ...axis } },
    plugins: {
      decimation: { enabled: true, algorithm: 'min-max' },
      legend: { display: false },
      zoom: {
        zoom: { wheel: { enabled: true }, drag: { enabled: true }, mode: 'x' },
        pan: { enabled: true, mode: 'x', modifierKey: 'shift' },
      },
    },
  };
}

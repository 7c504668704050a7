// The lines of a chart with their values at the pointer, or their last ones; each can be hidden.
import type { VNode } from 'preact';
import { t } from '../page/translate';
import { dashOf, legendLines, type Line } from './line';
import { usePointerX, type ChartLink } from './link';
import { nearestIndex } from './points';
import { seriesColor } from './theme';

interface ChartLegendProps {
  lines: readonly Line[];
  hidden: readonly string[];
  link: ChartLink;
  valueText: (value: number) => string;
  reference: { label: string; value: number } | undefined;
  onHide: (hidden: string[]) => void;
}

export function ChartLegend(props: ChartLegendProps): VNode {
  const { lines, hidden, link, valueText, reference, onHide } = props;
  const pointer = usePointerX(link);
  return (
    <ul class="chart-legend">
      {legendLines(lines).map((line) => {
        const isHidden = hidden.includes(line.id);
        return (
          <li key={line.id}>
            <button
              type="button"
              class="legend-toggle"
              aria-pressed={!isHidden}
              title={isHidden ? t('Show {0}', line.label) : t('Hide {0}', line.label)}
              onClick={() => {
                onHide(isHidden ? hidden.filter((id) => id !== line.id) : [...hidden, line.id]);
              }}
            >
              <span class={`codicon codicon-eye${isHidden ? '-closed' : ''}`} aria-hidden="true" />
              <Swatch line={line} />
              <span class="legend-label">{line.label}</span>
            </button>
            <span class="legend-value" aria-hidden="true">
              {isHidden ? '' : valueNear(line, pointer, valueText)}
            </span>
          </li>
        );
      })}
      {reference && (
        <li class="muted legend-reference">
          <svg width="20" height="10" aria-hidden="true">
            <line x1="0" x2="20" y1="5" y2="5" stroke="currentColor" stroke-dasharray="4 4" />
          </svg>
          {reference.label}
        </li>
      )}
    </ul>
  );
}

export function Swatch({ line }: { line: Line }): VNode {
  const color = seriesColor(line.color);
  return (
    <svg width="20" height="10" aria-hidden="true">
      <line
        x1="0"
        x2="20"
        y1="5"
        y2="5"
        style={{ stroke: color }}
        stroke-width={line.look === 'faint' ? 1 : 2}
        stroke-dasharray={dashOf(line).join(' ')}
        opacity={line.look === 'faint' ? 0.5 : 1}
      />
      {line.look === 'points' && <path d="M10 1l4 4-4 4-4-4z" style={{ fill: color }} />}
    </svg>
  );
}

/** At the pointer; without one, the last. */
function valueNear(
  { points }: Line,
  pointer: number | undefined,
  valueText: (value: number) => string,
): string {
  const index = pointer === undefined ? points.length - 1 : nearestIndex(points, pointer);
  const value = points.y[index ?? -1];
  return value === undefined || !Number.isFinite(value) ? '' : valueText(value);
}

// Beside the pointer: where it is, and every line's value there, the highest first.
import type { Chart } from 'chart.js';
import type { RefObject, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Swatch } from './ChartLegend';
import type { Axis } from './drawing';
import type { Line } from './line';
import { usePointerX, type ChartLink } from './link';
import { nearestIndex } from './points';

interface ChartTooltipProps {
  chart: RefObject<Chart | null>;
  /** Only the chart under the pointer, or with the focus, shows it. */
  place: RefObject<HTMLElement | null>;
  lines: readonly Line[];
  link: ChartLink;
  xAxis: Axis;
  valueText: (value: number) => string;
}

const mostRows = 12;
const gapPixels = 14;

export function ChartTooltip(props: ChartTooltipProps): VNode | null {
  const { chart, place, lines, link, xAxis, valueText } = props;
  const pointer = usePointerX(link);
  const isHere = useIsHere(place);
  const scale = chart.current?.scales.x;
  if (pointer === undefined || !isHere || scale === undefined || chart.current === null)
    return null;
  const rows = rowsAt(lines, pointer);
  if (rows.length === 0) return null;
  const at = scale.getPixelForValue(pointer);
  const isLeft = at > chart.current.width / 2;
  const style = isLeft
    ? { right: `${chart.current.width - at + gapPixels}px` }
    : { left: `${at + gapPixels}px` };
  const [nearest] = rows;
  // Whoever moves the pointer sees it; whoever uses keys may have to hear it.
  const isByKeyboard = place.current?.matches(':focus-visible') === true;
  return (
    <div class="chart-tooltip" style={style} aria-live={isByKeyboard ? 'polite' : 'off'}>
      <div class="tooltip-head">
        {xAxis.title} {xAxis.text(nearest?.x ?? pointer, 1)}
      </div>
      <table>
        <tbody>
          {rows.slice(0, mostRows).map(({ line, y }) => (
            <tr key={line.id}>
              <td>
                <Swatch line={line} />
              </td>
              <td>{line.label}</td>
              <td class="number">{valueText(y)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Lines without a point near the pointer (a run that ended before) are left out. */
function rowsAt(lines: readonly Line[], pointer: number): { line: Line; x: number; y: number }[] {
  return lines
    .filter(({ bandTo }) => bandTo === undefined)
    .flatMap((line) => {
      const { points } = line;
      const last = points.x[points.length - 1] ?? -Infinity;
      const index = nearestIndex(points, pointer);
      const x = points.x[index ?? -1];
      const y = points.y[index ?? -1];
      if (x === undefined || y === undefined || !Number.isFinite(y)) return [];
      return pointer > last + (last - (points.x[0] ?? 0)) * 0.02 ? [] : [{ line, x, y }];
    })
    .sort((a, b) => b.y - a.y);
}

function useIsHere(place: RefObject<HTMLElement | null>): boolean {
  const [isHere, setIsHere] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const look = (): void => {
      setIsHere(element.matches(':hover') || element === document.activeElement);
    };
    const events = ['pointerenter', 'pointerleave', 'focus', 'blur'];
    for (const event of events) element.addEventListener(event, look);
    return () => {
      for (const event of events) element.removeEventListener(event, look);
    };
  }, []);
  return isHere;
}

// A heat map to look at, point at and walk through with arrow keys; Enter or a click chooses a cell.
import type { VNode } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { paintShapes } from '../../charts/paint';
import type { PictureTheme } from '../../charts/pictureTheme';
import { drawingContext, useSize } from '../../charts/useCanvas';
import { t } from '../../page/translate';
import {
  cellAt,
  cellByKey,
  heatShapes,
  heightFor,
  placeOf,
  rampOf,
  valueAt,
  type Cell,
  type HeatMapModel,
} from './heatCells';

interface HeatMapProps {
  model: HeatMapModel;
  theme: PictureTheme;
  label: string;
  /** Of a cell, in a line for the eye and the ear. */
  textOf: (cell: Cell) => string;
  /** Of a value, at the ends of the scale. */
  scaleText: (value: number) => string;
  selected?: Cell | undefined;
  onSelect?: (cell: Cell) => void;
  mostHeight: number;
}

export function HeatMap(props: HeatMapProps): VNode {
  const { model, theme, label, textOf, selected, onSelect, mostHeight } = props;
  const [place, size] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [active, setActive] = useState<{ cell: Cell; byKey: boolean }>();
  const cell = active && valueAt(model, active.cell) !== null ? active.cell : undefined;
  useLayoutEffect(() => {
    if (size === undefined) return;
    const context = drawingContext(canvas.current, size, true);
    if (context === null) return;
    paintShapes(
      context,
      heatShapes(model, size, theme.colors, { active: cell, selected }),
      theme.font,
    );
  });
  const move = (event: KeyboardEvent): void => {
    if ((event.key === 'Enter' || event.key === ' ') && cell !== undefined) onSelect?.(cell);
    else {
      const next = cellByKey(model, cell ?? selected, event.key);
      if (next === undefined) return;
      setActive({ cell: next, byKey: true });
    }
    event.preventDefault();
  };
  return (
    <div class="heat-map">
      <div
        ref={place}
        class="heat-canvas"
        style={{ height: `${heightFor(model, mostHeight)}px` }}
        role="application"
        aria-roledescription={t('heat map')}
        aria-label={label}
        tabIndex={0}
        onKeyDown={move}
        onPointerMove={({ offsetX, offsetY }) => {
          const found = size && cellAt(model, size, offsetX, offsetY);
          setActive(found && { cell: found, byKey: false });
        }}
        onPointerLeave={() => {
          setActive(undefined);
        }}
        onBlur={() => {
          setActive(undefined);
        }}
        onClick={() => {
          if (cell !== undefined) onSelect?.(cell);
        }}
      >
        <canvas ref={canvas} aria-hidden="true" />
        {cell !== undefined && size !== undefined && (
          <CellTip text={textOf(cell)} at={placeOf(model, size, cell)} width={size.width} />
        )}
        <span class="visually-hidden" aria-live="polite">
          {active?.byKey === true && cell !== undefined ? textOf(cell) : ''}
        </span>
      </div>
      <Scale {...props} />
    </div>
  );
}

function CellTip({
  text,
  at,
  width,
}: {
  text: string;
  at: [number, number];
  width: number;
}): VNode {
  const [x, y] = at;
  const side = x > width / 2 ? { right: `${width - x + 14}px` } : { left: `${x + 14}px` };
  return (
    <div class="point-tip" style={{ top: `${y + 10}px`, ...side }}>
      {text}
    </div>
  );
}

const stops = [0, 0.25, 0.5, 0.75, 1];

function Scale({ model, theme, scaleText }: HeatMapProps): VNode {
  const ramp = rampOf(theme.colors);
  const colors = stops.map((share) => ramp(share)).join(', ');
  return (
    <div class="ramp heat-scale">
      <span class="muted">{scaleText(model.low)}</span>
      <span class="bar" style={{ background: `linear-gradient(90deg, ${colors})` }} />
      <span class="muted">{scaleText(model.high)}</span>
    </div>
  );
}

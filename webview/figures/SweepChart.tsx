// The rank sweep on a canvas: points tell their values under the pointer and to the arrow keys.
import type { VNode } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { markerOutline } from '../../extension/shared/slopes/scene';
import { percentText } from '../accuracy/figureText';
import { paintShapes } from '../charts/paint';
import { drawingContext, useSize } from '../charts/useCanvas';
import { t } from '../page/translate';
import { certaintyText } from './cellFigure';
import type { SweepLine } from './sweepLines';
import { pointByKey } from './sweepKeys';
import {
  lineColor,
  placeOf,
  pointNear,
  sweepFrame,
  sweepShapes,
  type ActivePoint,
  type SweepPicture,
} from './sweepScene';

interface SweepChartProps {
  picture: SweepPicture;
  font: string;
  /** For screen readers. */
  label: string;
}

export function SweepChart({ picture, font, label }: SweepChartProps): VNode {
  const [place, size] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [active, setActive] = useState<ActivePoint & { isByKey: boolean }>();
  const { lines } = picture;
  const frame = size && sweepFrame(size, picture);
  const line = lines.find(({ id }) => id === active?.line);
  const point = line?.points.find(({ rank }) => rank === active?.rank);
  useLayoutEffect(() => {
    if (size === undefined || frame === undefined) return;
    const context = drawingContext(canvas.current, size, true);
    if (context !== null) paintShapes(context, sweepShapes(picture, frame, active), font);
  });
  const at = line && point && frame && placeOf(line, point, lines, frame);
  const texts = line && point ? pointTexts(line, point.rank) : [];
  return (
    <figure class="sweep-figure">
      <div
        ref={place}
        class="sweep-canvas"
        role="application"
        aria-roledescription={t('line chart')}
        aria-label={label}
        tabIndex={0}
        onKeyDown={(event) => {
          const next = pointByKey(lines, active, event.key);
          if (next === undefined && event.key !== 'Escape') return;
          event.preventDefault();
          setActive(next && { ...next, isByKey: true });
        }}
        onPointerMove={({ offsetX, offsetY }) => {
          const found = frame && pointNear(picture, frame, { x: offsetX, y: offsetY });
          setActive(found && { ...found, isByKey: false });
        }}
        onPointerLeave={() => {
          setActive(undefined);
        }}
        onBlur={() => {
          setActive(undefined);
        }}
      >
        <canvas ref={canvas} aria-hidden="true" />
        {at !== undefined && size !== undefined && (
          <div
            class="sweep-tip"
            aria-hidden="true"
            style={{
              ...(at[0] < size.width / 2
                ? { left: `${at[0] + 12}px` }
                : { right: `${size.width - at[0] + 12}px` }),
              top: `${Math.max(0, at[1] - 20)}px`,
            }}
          >
            {texts.map((text, i) =>
              i === 0 ? <strong key={text}>{text}</strong> : <span key={text}>{text}</span>,
            )}
          </div>
        )}
        <span class="visually-hidden" aria-live="polite">
          {active?.isByKey === true ? texts.join(', ') : ''}
        </span>
      </div>
      <Legend picture={picture} />
    </figure>
  );
}

/** "DoRA, rank 8", "81.5 %", its certainty or that it is published. */
function pointTexts(line: SweepLine, rank: number): string[] {
  const point = line.points.find((one) => one.rank === rank);
  if (point === undefined) return [];
  return [
    t('{0}, rank {1}', line.label, rank),
    `${percentText(point.value)} %`,
    point.figure === null ? t('published') : certaintyText(point.figure, t),
    ...(point.figure?.isEvaluating === true ? [t('Questions are still being asked')] : []),
  ];
}

function Legend({ picture }: { picture: SweepPicture }): VNode {
  return (
    <figcaption>
      <ul class="sweep-legend">
        {picture.lines.map((line) => {
          const color = lineColor(line, picture);
          const outline = markerOutline(line.marker, 4.5);
          const isDashed = line.isPublished || line.level !== null;
          return (
            <li key={line.id}>
              <svg width="30" height="14" viewBox="-15 -7 30 14" aria-hidden="true">
                <line
                  x1="-15"
                  x2="15"
                  y1="0"
                  y2="0"
                  stroke={color}
                  stroke-width="2"
                  stroke-dasharray={isDashed ? '5 4' : 'none'}
                />
                {line.level === null &&
                  (outline.length === 0 ? (
                    <circle r="4.5" fill={color} />
                  ) : (
                    <polygon points={outline.join(' ')} fill={color} />
                  ))}
              </svg>
              {line.label}
              {line.isPublished && <span class="muted"> {t('published')}</span>}
            </li>
          );
        })}
      </ul>
    </figcaption>
  );
}

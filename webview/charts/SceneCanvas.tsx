// A small picture that is drawn anew whenever it changes.
import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Shape } from '../../extension/shared/slopes/scene';
import { paintShapes } from './paint';
import { drawingContext, useSize, type CanvasSize } from './useCanvas';

interface SceneCanvasProps {
  /** For screen readers: what the picture shows. */
  label: string;
  className: string;
  font: string;
  shapes: (size: CanvasSize) => Shape[];
  /** Where it was clicked, in pixels of the picture. */
  onClick?: (x: number, size: CanvasSize) => void;
}

export function SceneCanvas({ label, className, font, shapes, onClick }: SceneCanvasProps): VNode {
  const [place, size] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (size === undefined) return;
    const context = drawingContext(canvas.current, size, true);
    if (context !== null) paintShapes(context, shapes(size), font);
  });
  return (
    <div ref={place} class={className}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        onClick={({ offsetX }) => {
          if (size !== undefined) onClick?.(offsetX, size);
        }}
      />
    </div>
  );
}

// A canvas as large as its place on the screen, as sharp as the screen.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RefObject } from 'preact';

export interface CanvasSize {
  width: number;
  height: number;
}

/** The size of an element's content; nothing before it is laid out. */
export function useSize<T extends HTMLElement>(): [RefObject<T | null>, CanvasSize | undefined] {
  const element = useRef<T>(null);
  const [size, setSize] = useState<CanvasSize>();
  useEffect(() => {
    if (element.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      if (width >= 1 && height >= 1)
        setSize({ width: Math.floor(width), height: Math.floor(height) });
    });
    observer.observe(element.current);
    return () => {
      observer.disconnect();
    };
  }, []);
  return [element, size];
}

/** Ready to be drawn on in CSS pixels; what was on it stays unless `clear`. */
export function drawingContext(
  canvas: HTMLCanvasElement | null,
  { width, height }: CanvasSize,
  clear: boolean,
): CanvasRenderingContext2D | null {
  const context = canvas?.getContext('2d') ?? null;
  if (canvas === null || context === null) return null;
  const scale = window.devicePixelRatio;
  const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
  const isOther = canvas.width !== wide || canvas.height !== high;
  if (isOther) {
    canvas.width = wide;
    canvas.height = high;
  }
  context.setTransform(scale, 0, 0, scale, 0, 0);
  if (clear && !isOther) context.clearRect(0, 0, width, height);
  return context;
}

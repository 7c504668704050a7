// Zooming and moving with pointer, wheel and keyboard. Dragging zooms, with Shift it moves; the wheel zooms in the
// chart that has the focus, or with Ctrl in any, so that it goes on scrolling the page; keys do the same.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RefObject } from 'preact';

export interface GestureTarget {
  /** From pixels of the element to values of x; undefined before the first drawing. */
  valueAt: (pixels: number) => number | undefined;
  zoom: (factor: number, at: number | undefined) => void;
  zoomTo: (from: number, to: number) => void;
  /** By a share of the shown width. */
  move: (share: number) => void;
  reset: () => void;
  point: (x: number | undefined) => void;
  /** To the next value, or the one before. */
  step: (direction: 1 | -1) => void;
  widthPixels: () => number;
}

export interface Selection {
  left: number;
  width: number;
}

const clickPixels = 4;
const zoomStep = 0.7;

interface Drag {
  startX: number;
  lastX: number;
  isMove: boolean;
}

export function useGestures(
  element: RefObject<HTMLElement | null>,
  target: GestureTarget,
): { selection: Selection | undefined; onKeyDown: (event: KeyboardEvent) => void } {
  const latest = useRef(target);
  latest.current = target;
  const [selection, setSelection] = useState<Selection>();
  useEffect(() => {
    const place = element.current;
    if (place === null) return undefined;
    return listen(place, () => latest.current, setSelection);
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey && key(event, latest.current)) {
      event.preventDefault();
    }
  };
  return { selection, onKeyDown };
}

function listen(
  place: HTMLElement,
  target: () => GestureTarget,
  select: (selection: Selection | undefined) => void,
): () => void {
  let drag: Drag | undefined;
  const pixelsOf = (event: MouseEvent): number =>
    event.clientX - place.getBoundingClientRect().left;
  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    place.setPointerCapture(event.pointerId);
    const x = pixelsOf(event);
    drag = { startX: x, lastX: x, isMove: event.shiftKey };
  };
  const move = (event: PointerEvent): void => {
    const x = pixelsOf(event);
    target().point(target().valueAt(x));
    if (drag === undefined) return;
    if (drag.isMove) target().move((drag.lastX - x) / target().widthPixels());
    else if (Math.abs(x - drag.startX) > clickPixels) {
      select({ left: Math.min(x, drag.startX), width: Math.abs(x - drag.startX) });
    }
    drag.lastX = x;
  };
  const up = (event: PointerEvent): void => {
    const from = drag && target().valueAt(Math.min(drag.startX, pixelsOf(event)));
    const to = drag && target().valueAt(Math.max(drag.startX, pixelsOf(event)));
    const isZoom = drag?.isMove === false && Math.abs(drag.startX - pixelsOf(event)) > clickPixels;
    drag = undefined;
    select(undefined);
    if (isZoom && from !== undefined && to !== undefined) target().zoomTo(from, to);
  };
  const cancel = (): void => {
    drag = undefined;
    select(undefined);
  };
  const leave = (): void => {
    target().point(undefined);
  };
  const wheel = (event: WheelEvent): void => {
    const isMeant = event.ctrlKey || event.metaKey || place === document.activeElement;
    if (!isMeant || event.deltaY === 0) return;
    event.preventDefault();
    const factor = event.deltaY < 0 ? zoomStep : 1 / zoomStep;
    target().zoom(factor, target().valueAt(pixelsOf(event)));
  };
  const doubleClick = (): void => {
    target().reset();
  };
  place.addEventListener('pointerdown', down);
  place.addEventListener('pointermove', move);
  place.addEventListener('pointerup', up);
  place.addEventListener('pointercancel', cancel);
  place.addEventListener('pointerleave', leave);
  place.addEventListener('wheel', wheel, { passive: false });
  place.addEventListener('dblclick', doubleClick);
  return () => {
    place.removeEventListener('pointerdown', down);
    place.removeEventListener('pointermove', move);
    place.removeEventListener('pointerup', up);
    place.removeEventListener('pointercancel', cancel);
    place.removeEventListener('pointerleave', leave);
    place.removeEventListener('wheel', wheel);
    place.removeEventListener('dblclick', doubleClick);
  };
}

/** Whether the key means something here. */
function key({ key: name, shiftKey }: KeyboardEvent, target: GestureTarget): boolean {
  switch (name) {
    case '+':
    case '=':
      target.zoom(zoomStep, undefined);
      return true;
    case '-':
    case '_':
      target.zoom(1 / zoomStep, undefined);
      return true;
    case '0':
      target.reset();
      return true;
    case 'ArrowLeft':
    case 'ArrowRight': {
      const direction = name === 'ArrowRight' ? 1 : -1;
      if (shiftKey) target.step(direction);
      else target.move(direction * 0.1);
      return true;
    }
    case 'Escape':
      target.point(undefined);
      return false;
    default:
      return false;
  }
}

// What charts of one page have in common: the part of the x axis that is shown and where the pointer is.
import { useEffect, useState } from 'preact/hooks';
import type { Range } from './ranges';

export class ChartLink {
  private shown: Range | undefined;
  private pointer: number | undefined;
  private readonly rangeListeners = new Set<() => void>();
  private readonly pointerListeners = new Set<() => void>();

  /** `onRange`: keeps it over a reload. */
  constructor(
    initial: Range | undefined,
    private readonly onRange: (range: Range | undefined) => void,
  ) {
    this.shown = initial;
  }

  /** Undefined: all. */
  get range(): Range | undefined {
    return this.shown;
  }

  get pointerX(): number | undefined {
    return this.pointer;
  }

  setRange(range: Range | undefined): void {
    this.shown = range;
    this.onRange(range);
    for (const listener of this.rangeListeners) listener();
  }

  setPointer(x: number | undefined): void {
    if (x === this.pointer) return;
    this.pointer = x;
    for (const listener of this.pointerListeners) listener();
  }

  onRangeChange(listener: () => void): () => void {
    this.rangeListeners.add(listener);
    return () => this.rangeListeners.delete(listener);
  }

  onPointerChange(listener: () => void): () => void {
    this.pointerListeners.add(listener);
    return () => this.pointerListeners.delete(listener);
  }
}

export function useSharedRange(link: ChartLink): Range | undefined {
  const [range, setRange] = useState(link.range);
  useEffect(
    () =>
      link.onRangeChange(() => {
        setRange(link.range);
      }),
    [link],
  );
  return range;
}

/** Changes with every movement: for small components that show figures. */
export function usePointerX(link: ChartLink): number | undefined {
  const [x, setX] = useState(link.pointerX);
  useEffect(
    () =>
      link.onPointerChange(() => {
        setX(link.pointerX);
      }),
    [link],
  );
  return x;
}

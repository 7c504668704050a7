// Points of a line, in columns; x rises. They only grow at the end: when others take their place, `generation`
// rises, and what was derived of them is made anew.

export interface Points {
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  length: number;
  generation: number;
}

export const noPoints: Points = { x: [], y: [], length: 0, generation: 0 };

export function pointsOf(pairs: readonly { x: number; y: number }[], generation = 0): Points {
  const x = Float64Array.from(pairs, (pair) => pair.x);
  const y = Float64Array.from(pairs, (pair) => pair.y);
  return { x, y, length: pairs.length, generation };
}

/** The first index whose x is not below `value`. */
export function lowerBound({ x, length }: Points, value: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((x[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index whose x is nearest; undefined without points. */
export function nearestIndex(points: Points, value: number): number | undefined {
  if (points.length === 0) return undefined;
  const after = Math.min(lowerBound(points, value), points.length - 1);
  const before = Math.max(0, after - 1);
  const distance = (index: number) => Math.abs((points.x[index] ?? 0) - value);
  return distance(before) <= distance(after) ? before : after;
}

/** Numbers that grow at the end; what was given out before stays. */
export class GrowingNumbers {
  private numbers = new Float64Array(256);
  private count = 0;

  get length(): number {
    return this.count;
  }

  get values(): Float64Array {
    return this.numbers;
  }

  get last(): number | undefined {
    return this.count === 0 ? undefined : this.numbers[this.count - 1];
  }

  push(value: number): void {
    if (this.count === this.numbers.length) {
      const grown = new Float64Array(2 * this.count);
      grown.set(this.numbers);
      this.numbers = grown;
    }
    this.numbers[this.count] = value;
    this.count += 1;
  }

  clear(): void {
    this.numbers = new Float64Array(256);
    this.count = 0;
  }
}

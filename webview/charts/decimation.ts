// Which points of a long line to draw: for each pixel column the lowest and the highest, so that every spike is
// seen. Blocks of points are summed up once, so that 200,000 points cost as little as a few thousand.
import { lowerBound, type Points } from './points';

const blockSize = 64;

/** The extremes of each whole block; follows growing points. */
export class BlockExtremes {
  /** Two indices a block: of its lowest and of its highest point, in their order. */
  private readonly indices: number[] = [];
  private generation = -1;

  /** Indices between `first` and `end` that hold all extremes of it, in order. */
  candidates(points: Points, first: number, end: number): number[] {
    this.follow(points);
    const firstBlock = Math.ceil(first / blockSize);
    const endBlock = Math.floor(end / blockSize);
    if (endBlock <= firstBlock) return range(first, end);
    return [
      ...range(first, firstBlock * blockSize),
      ...this.indices.slice(2 * firstBlock, 2 * endBlock),
      ...range(endBlock * blockSize, end),
    ];
  }

  private follow(points: Points): void {
    const blocks = Math.floor(points.length / blockSize);
    if (points.generation !== this.generation || 2 * blocks < this.indices.length) {
      this.indices.length = 0;
      this.generation = points.generation;
    }
    for (let block = this.indices.length / 2; block < blocks; block += 1) {
      const [low, high] = extremes(points.y, block * blockSize, (block + 1) * blockSize);
      this.indices.push(Math.min(low, high), Math.max(low, high));
    }
  }
}

export interface Window {
  /** Shown range of x. */
  from: number;
  to: number;
  /** Of the drawing. */
  widthPixels: number;
}

export interface DrawnPoint {
  x: number;
  y: number;
}

/** Points with a value within the window, and one to each side so that lines reach the edges. */
export function decimate(points: Points, blocks: BlockExtremes, window: Window): DrawnPoint[] {
  const first = Math.max(0, lowerBound(points, window.from) - 1);
  const end = Math.min(points.length, lowerBound(points, window.to) + 1);
  const columns = Math.max(1, Math.floor(window.widthPixels));
  const isFew = end - first <= 2 * columns;
  const isSparse = end - first <= blockSize * columns;
  const indices = isFew || isSparse ? range(first, end) : blocks.candidates(points, first, end);
  const chosen = isFew ? indices : extremesByColumn(points, indices, { ...window, columns });
  const drawn: DrawnPoint[] = [];
  for (const index of chosen) {
    const y = points.y[index] ?? NaN;
    if (Number.isFinite(y)) drawn.push({ x: points.x[index] ?? 0, y });
  }
  return drawn;
}

function extremesByColumn(
  { x, y }: Points,
  indices: readonly number[],
  { from, to, columns }: { from: number; to: number; columns: number },
): number[] {
  const chosen: number[] = [];
  let column = NaN;
  let low = -1;
  let high = -1;
  const finish = (): void => {
    if (low < 0) return;
    chosen.push(Math.min(low, high));
    if (low !== high) chosen.push(Math.max(low, high));
  };
  for (const index of indices) {
    const value = y[index] ?? NaN;
    if (!Number.isFinite(value)) continue;
    const own = Math.floor((((x[index] ?? 0) - from) / (to - from)) * columns);
    if (own !== column) {
      finish();
      column = own;
      low = index;
      high = index;
    } else {
      if (value < (y[low] ?? NaN)) low = index;
      if (value > (y[high] ?? NaN)) high = index;
    }
  }
  finish();
  return chosen;
}

/** Of lowest and highest; the first of both where no point has a value. */
function extremes(y: ArrayLike<number>, first: number, end: number): [number, number] {
  let low = first;
  let high = first;
  for (let index = first + 1; index < end; index += 1) {
    const value = y[index] ?? NaN;
    if (!(value >= (y[low] ?? NaN))) low = Number.isFinite(value) ? index : low;
    if (!(value <= (y[high] ?? NaN))) high = Number.isFinite(value) ? index : high;
  }
  return [low, high];
}

function range(first: number, end: number): number[] {
  const indices: number[] = [];
  for (let index = first; index < end; index += 1) indices.push(index);
  return indices;
}

// How much longer or shorter each row of a weight became, as a part of its length in the base; and how many rows
// changed how much.

/** Rows of zeros have no such change and are left out. Rows of both come in the same blocks. */
export async function relativeChanges(
  base: AsyncIterable<Float32Array>,
  trained: AsyncIterable<Float32Array>,
  columns: number,
): Promise<Float64Array> {
  const changes: number[] = [];
  const others = trained[Symbol.asyncIterator]();
  for await (const before of base) {
    const next = await others.next();
    if (next.done) throw new Error('the trained weight has fewer rows');
    const after: Float32Array = next.value;
    for (let start = 0; start < before.length; start += columns) {
      const own = length(before, start, columns);
      if (own > 0) changes.push(length(after, start, columns) / own - 1);
    }
  }
  return Float64Array.from(changes);
}

function length(values: Float32Array, start: number, columns: number): number {
  let sum = 0;
  for (let i = start; i < start + columns; i += 1) sum += (values[i] ?? 0) ** 2;
  return Math.sqrt(sum);
}

const bins = 41;
/** Of the rows: what lies further out is counted at the ends. */
const shownShare = 0.995;

/** Even bins about zero, which is in the middle of one. */
export function edgesFor(all: readonly Float64Array[]): number[] {
  const count = all.reduce((sum, { length: own }) => sum + own, 0);
  const sizes = new Float64Array(count);
  let place = 0;
  for (const changes of all)
    for (const change of changes) {
      sizes[place] = Math.abs(change);
      place += 1;
    }
  sizes.sort();
  const limit = sizes[Math.max(0, Math.ceil(shownShare * count) - 1)] ?? 0;
  const reach = limit === 0 ? 1e-6 : limit;
  return Array.from({ length: bins + 1 }, (_, i) => reach * ((2 * i) / bins - 1));
}

export function countByEdges(changes: Float64Array, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length - 1).fill(0);
  for (const change of changes) {
    let bin = 0;
    while (bin < counts.length - 1 && change >= (edges[bin + 1] ?? Infinity)) bin += 1;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

export function meanOfChanges(changes: Float64Array): number {
  return changes.reduce((sum, change) => sum + change, 0) / Math.max(1, changes.length);
}

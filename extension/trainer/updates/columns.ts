// Directions in double precision, one after the other.

export interface Columns {
  rows: number;
  count: number;
  /** Entry (row, column) at column * rows + row. */
  data: Float64Array;
}

export function column({ rows, data }: Columns, index: number): Float64Array {
  return data.subarray(index * rows, (index + 1) * rows);
}

export function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i += 1) sum += (one[i] ?? 0) * (other[i] ?? 0);
  return sum;
}

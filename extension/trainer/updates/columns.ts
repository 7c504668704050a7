// Tall matrices in double precision, a column after the other: what is computed of updates goes along columns.

export interface Columns {
  rows: number;
  count: number;
  /** Entry (row, column) at column * rows + row. */
  data: Float64Array;
}

export function zeroColumns(rows: number, count: number): Columns {
  return { rows, count, data: new Float64Array(rows * count) };
}

export function column({ rows, data }: Columns, index: number): Float64Array {
  return data.subarray(index * rows, (index + 1) * rows);
}

/** Of a matrix (rows, count) whose rows lie one after the other. */
export function columnsOfRows(values: Float32Array, rows: number, count: number): Columns {
  const matrix = zeroColumns(rows, count);
  const { data } = matrix;
  for (let row = 0; row < rows; row += 1)
    for (let index = 0; index < count; index += 1)
      data[index * rows + row] = values[row * count + index] ?? 0;
  return matrix;
}

export function transposed({ rows, count, data }: Columns): Columns {
  const matrix = zeroColumns(count, rows);
  for (let index = 0; index < count; index += 1)
    for (let row = 0; row < rows; row += 1)
      matrix.data[row * count + index] = data[index * rows + row] ?? 0;
  return matrix;
}

export function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i += 1) sum += (one[i] ?? 0) * (other[i] ?? 0);
  return sum;
}

/** `to` is added to. */
export function addScaled(to: Float64Array, factor: number, from: Float64Array): void {
  for (let i = 0; i < to.length; i += 1) to[i] = (to[i] ?? 0) + factor * (from[i] ?? 0);
}

/** a b */
export function product(a: Columns, b: Columns): Columns {
  const result = zeroColumns(a.rows, b.count);
  for (let index = 0; index < b.count; index += 1) {
    const to = column(result, index);
    const weights = column(b, index);
    for (let inner = 0; inner < a.count; inner += 1)
      addScaled(to, weights[inner] ?? 0, column(a, inner));
  }
  return result;
}

// The update of a lower rank that is nearest to one: its largest singular values (Eckart and Young), their roots on either
// side.
import type { LinearModule } from '../../model/architecture';
import { column } from '../updates/columns';
import { spectrumOf } from '../updates/spectrum';
import type { WeightUpdate } from './weightUpdate';

export interface LoweredUpdate {
  update: WeightUpdate;
  /** Of the update's length, and what is kept of it. */
  squares: number;
  keptSquares: number;
}

export async function lowerRank(
  update: WeightUpdate,
  { in: columns, out }: LinearModule,
  rank: number,
): Promise<LoweredUpdate> {
  const { values, left, right } = await spectrumOf(update, { in: columns, out }, rank);
  const a = new Float32Array(rank * columns);
  const b = new Float32Array(out * rank);
  for (let index = 0; index < Math.min(rank, left.count); index += 1) {
    const root = Math.sqrt(values[index] ?? 0);
    column(right, index).forEach((value, i) => {
      a[index * columns + i] = root * value;
    });
    column(left, index).forEach((value, row) => {
      b[row * rank + index] = root * value;
    });
  }
  const squares = [...values].map((value) => value ** 2);
  return {
    update: { ...update, rank, scale: 1, a, b },
    squares: squares.reduce((sum, one) => sum + one, 0),
    keptSquares: squares.slice(0, rank).reduce((sum, one) => sum + one, 0),
  };
}

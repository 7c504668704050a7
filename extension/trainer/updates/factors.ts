// The matrices whose product is a module's low-rank update, in double precision.
import type { LinearModule } from '../../model/architecture';
import type { WeightUpdate } from '../exchange/weightUpdate';
import { columnsOfRows, transposed } from './columns';
import type { UpdateFactors } from './spectrum';

/** DoRA's update is that of its direction, before the rows get their magnitudes. */
export function factorsOf(
  { rank, scale, a, b }: Pick<WeightUpdate, 'rank' | 'scale' | 'a' | 'b'>,
  { in: columns, out }: Pick<LinearModule, 'in' | 'out'>,
): UpdateFactors {
  const left = columnsOfRows(b, out, rank);
  left.data.forEach((value, index) => {
    left.data[index] = scale * value;
  });
  return { left, right: transposed(columnsOfRows(a, rank, columns)) };
}

// What DVoRA keeps of products with the shared A, which nobody trains (native/adapters/low_rank.cc, projection.cc).
import type { LinearModule } from '../../model/architecture';
import type { AdapterModule } from '../addon';

/** W A^T (out, rank) is kept where it is at most half as large as W. */
const leastShrinking = 2;

export function keepsProduct(
  { kind, magnitude, rank }: Pick<AdapterModule, 'kind' | 'magnitude' | 'rank'>,
  { in: columns }: Pick<LinearModule, 'in'>,
): boolean {
  return keepsGram({ kind, magnitude }) && leastShrinking * rank <= columns;
}

/** A A^T (rank, rank) is kept once for each width. */
export function keepsGram({ kind, magnitude }: Pick<AdapterModule, 'kind' | 'magnitude'>): boolean {
  return kind === 'vera' && magnitude;
}

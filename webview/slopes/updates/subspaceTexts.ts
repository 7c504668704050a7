// A similarity in words, with what chance alone would give.
import type { Translate } from '../../../extension/shared/translate';
import type { similarityAt } from './subspaces';

export function similarityText(
  { value, chance, i, j }: ReturnType<typeof similarityAt>,
  t: Translate,
): string {
  const figures = [i, j, value.toFixed(3), chance.toFixed(3)] as const;
  return t('the first {0} and {1} directions share {2}; by chance it would be {3}', ...figures);
}

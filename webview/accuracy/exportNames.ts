// What rows, groups and the reference are called in the table and wherever it is copied to.
import { countText } from '../../extension/shared/comparisonText';
import type { Translate } from '../../extension/shared/translate';
import { rowsOf, type TableDifferences } from './differences';
import type { Table, TableGroup } from './tableModel';
import type { TableRow } from './tableRows';

/** "DoRA r16, step 150", "DoRA r16, 3 seeds" */
export function rowTitle({ name, own, members }: TableRow, t: Translate): string {
  if (members.length > 0) return t('{0}, {1} seeds', name, members.length);
  return own?.step == null ? name : t('{0}, step {1}', name, own.step);
}

export function groupTitle({ name, isPublished, id }: TableGroup, t: Translate): string {
  if (isPublished) return t('{0}, published', name);
  return id === 'models' ? t('Models') : name;
}

export function referenceName(
  table: Table,
  { referenceId }: TableDifferences,
  t: Translate,
): string {
  const reference = rowsOf(table).find(({ id }) => id === referenceId);
  return reference === undefined ? '' : rowTitle(reference, t);
}

/** What the differences are, and the mark: "32 comparisons, corrected after Holm". */
export function differencesText(
  table: Table,
  differences: TableDifferences,
  t: Translate,
): string[] {
  const { comparisons, rows, waiting } = differences;
  const all = [...rows.values()].flatMap(({ average, tasks }) => [average, ...tasks.values()]);
  const marked = all.filter((one) => one?.isSignificant === true).length;
  const count = countText(comparisons);
  return [
    t(
      'Differences in points from {0}, over the questions that both were asked with the same prompt.',
      referenceName(table, differences, t),
    ),
    ...(comparisons === 0 || waiting > 0
      ? []
      : [
          comparisons === 1
            ? t('* p below 0.05; one comparison.')
            : t(
                '* p below 0.05; {0} comparisons, corrected after Holm: {1} marked.',
                count,
                marked,
              ),
        ]),
  ];
}

// What a row says of its distance from the reference: a sentence at its end, a short figure under each accuracy.
import type { VNode } from 'preact';
import {
  comparisonMethod,
  comparisonSentence,
  signedPoints,
  verdictOf,
} from '../../extension/shared/comparisonText';
import { Icon } from '../components/Icon';
import { t } from '../page/translate';
import { mainDifference, type Difference, type TableDifferences } from './differences';
import type { TableRow } from './tableRows';

interface DifferenceCellProps {
  row: TableRow;
  differences: TableDifferences;
}

/** "better by 2.1 points, 95 % interval 0.4 to 3.8, same 1,172 questions *" */
export function DifferenceCell({ row, differences }: DifferenceCellProps): VNode {
  const { referenceId, rows, comparisons } = differences;
  if (row.id === referenceId) return <td class="difference muted">{t('the reference')}</td>;
  const found = rows.get(row.id);
  const main = found && mainDifference(found);
  if (main == null) {
    return <td class="difference muted">{row.published === null && quietText(found)}</td>;
  }
  const { compared, isSignificant } = main;
  return (
    <td class="difference" title={methodTitle(main, comparisons)}>
      {comparisonSentence(compared, t)}
      {isSignificant && <Mark />}
    </td>
  );
}

function quietText(found: ReturnType<TableDifferences['rows']['get']>): string {
  if (found === undefined) return '';
  return found.tasks.size === 0 ? t('no questions in common') : t('only tasks can be compared');
}

interface PointsProps {
  difference: Difference;
  comparisons: number;
}

/** "+2.1 *" with the sentence behind it. */
export function DifferencePoints({ difference, comparisons }: PointsProps): VNode {
  const { compared, isSignificant } = difference;
  const sentence = comparisonSentence(compared, t);
  return (
    <span
      class={`detail points ${verdictOf(compared)}`}
      title={`${sentence}. ${methodTitle(difference, comparisons)}`}
    >
      <span aria-hidden="true">{signedPoints(100 * compared.difference)}</span>
      <span class="visually-hidden">{sentence}</span>
      {isSignificant && <Mark />}
    </span>
  );
}

function Mark(): VNode {
  return (
    <span class="mark-significant">
      <span aria-hidden="true"> *</span>
      <span class="visually-hidden">{t('significant after correction')}</span>
    </span>
  );
}

function methodTitle({ compared, correctedP }: Difference, comparisons: number): string {
  return comparisonMethod(compared, t, { pValue: correctedP, comparisons });
}

interface DifferencesNoteProps {
  differences: TableDifferences;
  text: string;
}

/** Under the table: against what, and what the mark means. */
export function DifferencesNote({ differences, text }: DifferencesNoteProps): VNode {
  const { waiting } = differences;
  return (
    <p class="muted differences-note">
      {waiting > 0 && (
        <span>
          <Icon name="loading" /> {t('Comparing, {0} rows to go.', waiting)}{' '}
        </span>
      )}
      {text}
    </p>
  );
}

// What a row is called away from its place in the table.
import type { AccuracyRow } from '../../extension/shared/pages/accuracyPage';
import type { Translate } from '../../extension/shared/translate';

/** "DoRA r16, step 150" */
export function longName({ name, step }: AccuracyRow, t: Translate): string {
  return step === null ? name : t('{0}, step {1}', name, step);
}

/** "starter · DoRA r16, step 150" */
export function fullName(row: AccuracyRow, t: Translate): string {
  const parts = [row.experiment, longName(row, t)];
  return parts.filter((part) => part !== '').join(' · ');
}

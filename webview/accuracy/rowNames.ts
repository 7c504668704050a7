// What a row is called away from its place in the table.
import type { AccuracyRow } from '../../extension/shared/pages/accuracyPage';
import type { Translate } from '../../extension/shared/translate';
import type { PlainCell } from '../tables/plainTable';

/** "DoRA r16, step 150" */
export function longName({ name, step }: AccuracyRow, t: Translate): string {
  return step === null ? name : t('{0}, step {1}', name, step);
}

/** "DoRA r16", beneath it "step 150 · smollm2" */
export function checkpointCell({ name, step, model }: AccuracyRow, t: Translate): PlainCell {
  const detail = [...(step === null ? [] : [t('step {0}', step)]), model].join(' · ');
  return { text: name, detail };
}

/** Where a click on a row leads. */
export function folderOf({ kind, folder }: AccuracyRow): { folder?: string } {
  return kind === 'run' ? { folder } : {};
}

/** "starter · DoRA r16, step 150" */
export function fullName(row: AccuracyRow, t: Translate): string {
  const parts = [row.experiment, longName(row, t)];
  return parts.filter((part) => part !== '').join(' · ');
}

// Rows as the host sends them.
import type { AccuracyRow, Figure } from '../../../extension/shared/pages/accuracyPage';
import { defaultView, type TableViewOptions } from '../../../webview/accuracy/viewOptions';

/** As `t` without a translation. */
export const t = (message: string, ...values: (string | number)[]): string =>
  message.replace(/\{(\d+)\}/g, (_, i) => String(values[Number(i)]));

export function figure(task: string, correct: number, n = 200): Figure {
  return { task, n, correct, unanswered: 0, hasPredictions: true };
}

export function sampleRow(
  name: string,
  figures: Figure[],
  changes: Partial<AccuracyRow> = {},
): AccuracyRow {
  return {
    id: `/runs/${name}/results`,
    kind: 'run',
    folder: `/runs/${name}`,
    experiment: 'starter',
    experimentFile: '/starter.experiment.json',
    name,
    method: name.split(' ')[0] ?? '',
    model: 'smollm2',
    created: '2026-11-24T02:15:04.000Z',
    seed: null,
    step: 200,
    isEnd: true,
    trainablePercent: 0.84,
    isEvaluating: false,
    figures,
    texts: [],
    ...changes,
  };
}

/** A page without other measures than accuracies. */
export const noOthers = { tables: [], columns: { head: [], rows: [] } };

export function viewOptions(changes: Partial<TableViewOptions> = {}): TableViewOptions {
  return { ...defaultView, ...changes };
}

// The perplexities of the rows, apart from their accuracies.
import type { AccuracyRow } from '../../extension/shared/pages/accuracyPage';

export interface PerplexityCell {
  task: string;
  /** Null where the row was not measured on the text. */
  perplexity: number | null;
  natsPerToken: number | null;
  tokens: number;
  /** The lowest of the rows that were measured on it. */
  isBest: boolean;
}

export interface PerplexityRow {
  id: string;
  name: string;
  step: number | null;
  model: string;
  cells: PerplexityCell[];
}

/** Of rows that were measured on a text at all. */
export function perplexityRows(rows: readonly AccuracyRow[]): {
  tasks: string[];
  rows: PerplexityRow[];
} {
  const measured = rows.filter(({ texts }) => texts.length > 0);
  const tasks = [...new Set(measured.flatMap(({ texts }) => texts.map(({ task }) => task)))];
  const best = new Map(tasks.map((task) => [task, lowest(measured, task)]));
  return {
    tasks,
    rows: measured.map(({ id, name, step, model, texts }) => ({
      ...{ id, name, step, model },
      cells: tasks.map((task) => {
        const found = texts.find((text) => text.task === task);
        if (found === undefined) {
          return { task, perplexity: null, natsPerToken: null, tokens: 0, isBest: false };
        }
        const { natsPerToken, tokens } = found;
        const perplexity = Math.exp(natsPerToken);
        return { task, perplexity, natsPerToken, tokens, isBest: natsPerToken === best.get(task) };
      }),
    })),
  };
}

/** Undefined of fewer than two, of which none is the best. */
function lowest(rows: readonly AccuracyRow[], task: string): number | undefined {
  const values = rows.flatMap(({ texts }) =>
    texts.filter((text) => text.task === task).map(({ natsPerToken }) => natsPerToken),
  );
  return values.length < 2 ? undefined : Math.min(...values);
}

/** Digits that say something: 7.39, 73.9, 7,390. */
export function perplexityText(value: number): string {
  if (value >= 1e6) return value.toExponential(2);
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

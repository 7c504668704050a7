// The perplexities of the rows, apart from their accuracies: less is better.
import { countText } from '../../extension/shared/comparisonText';
import type { AccuracyRow, TextFigure } from '../../extension/shared/pages/accuracyPage';
import type { Translate } from '../../extension/shared/translate';
import { nothing, type PlainCell, type PlainTable } from '../tables/plainTable';
import { checkpointCell, folderOf } from './rowNames';
import type { SideColumns } from './sideColumns';

/** Of rows that were measured on a text at all; undefined where none was. */
export function perplexityTable(
  rows: readonly AccuracyRow[],
  t: Translate,
): PlainTable | undefined {
  const { measured, tasks } = measuredOf(rows);
  if (measured.length === 0) return undefined;
  const best = new Map(tasks.map((task) => [task, lowest(measured, task)]));
  return {
    name: 'perplexity',
    caption: t(
      'Perplexity: how well a model foretells a text. Less is better, the best in bold; beneath it nats a token and foretold tokens.',
    ),
    columns: [
      { heading: t('Method'), isNumber: false },
      ...tasks.map((task) => ({ heading: task, isNumber: true })),
    ],
    groups: [
      {
        ...{ id: 'own', title: '', citation: null },
        rows: measured.map((row) => ({
          ...{ id: row.id, ...folderOf(row), isEvaluating: row.isEvaluating },
          cells: [
            checkpointCell(row, t),
            ...tasks.map((task) => perplexityCell(textOf(row, task), best.get(task), t)),
          ],
        })),
      },
    ],
  };
}

/** For the accuracies' CSV. */
export function perplexityColumns(rows: readonly AccuracyRow[]): SideColumns {
  const { measured, tasks } = measuredOf(rows);
  return {
    head: tasks.flatMap((task) => [
      ...[`${task}_perplexity`, `${task}_nats_per_token`, `${task}_tokens`],
    ]),
    rows: measured.map((row) => ({
      row,
      cells: tasks.flatMap((task): (string | number)[] => {
        const text = textOf(row, task);
        if (text === undefined) return ['', '', ''];
        const { natsPerToken, tokens } = text;
        return [Math.exp(natsPerToken), natsPerToken, tokens];
      }),
    })),
  };
}

/** Digits that say something: 7.39, 73.9, 7,390. */
export function perplexityText(value: number): string {
  if (value >= 1e6) return value.toExponential(2);
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

function measuredOf(rows: readonly AccuracyRow[]): { measured: AccuracyRow[]; tasks: string[] } {
  const measured = rows.filter(({ texts }) => texts.length > 0);
  const tasks = measured.flatMap(({ texts }) => texts.map(({ task }) => task));
  return { measured, tasks: [...new Set(tasks)] };
}

function textOf({ texts }: AccuracyRow, task: string): TextFigure | undefined {
  return texts.find((text) => text.task === task);
}

function perplexityCell(
  text: TextFigure | undefined,
  best: number | undefined,
  t: Translate,
): PlainCell {
  if (text === undefined) return nothing;
  const { natsPerToken, tokens } = text;
  const value = Math.exp(natsPerToken);
  return {
    ...{ text: perplexityText(value), value, isBest: natsPerToken === best },
    detail: t('{0} nats a token · {1} tokens', natsPerToken.toFixed(3), countText(tokens)),
  };
}

/** Undefined of fewer than two, of which none is the best. */
function lowest(rows: readonly AccuracyRow[], task: string): number | undefined {
  const values = rows.flatMap((row) => textOf(row, task)?.natsPerToken ?? []);
  return values.length < 2 ? undefined : Math.min(...values);
}

// What judges said of answers, from 1 to 10: no accuracies, in a table of their own, a column for each task and judge.
import { countText } from '../../extension/shared/comparisonText';
import type { FigureScore, ScoredRow } from '../../extension/shared/pages/accuracyPage';
import type { Translate } from '../../extension/shared/translate';
import { nothing, type PlainCell, type PlainTable } from '../tables/plainTable';
import { checkpointCell, folderOf } from './rowNames';
import type { SideColumns } from './sideColumns';

interface ScoreColumn {
  task: string;
  judge: string;
}

interface ScoreTableOptions {
  /** What a row is called; where a click on it leads. */
  nameOf?: (row: ScoredRow) => PlainCell;
  t: Translate;
}

/** Undefined where nothing was judged. */
export function scoreTable(
  rows: readonly ScoredRow[],
  { nameOf, t }: ScoreTableOptions,
): PlainTable | undefined {
  const columns = columnsOf(rows);
  if (columns.length === 0) return undefined;
  return {
    name: 'judged-scores',
    caption: t(
      'Judged scores, 1 to 10: the mean of what the judge gave each answer. In no average with accuracies; scores of two judges cannot be compared. Beneath: 95 % interval, answers with a score.',
    ),
    columns: [
      { heading: nameOf === undefined ? t('Method') : t('Checkpoint'), isNumber: false },
      ...columns.map(({ task, judge }) => ({
        ...{ heading: task, detail: t('judged by {0}', judge), isNumber: true },
      })),
    ],
    groups: [
      {
        ...{ id: 'own', title: '', citation: null },
        rows: rows.map((row) => ({
          ...{ id: row.id, ...(nameOf === undefined && folderOf(row)) },
          cells: [
            nameOf === undefined ? checkpointCell(row, t) : nameOf(row),
            ...columns.map((column) => scoreCell(scoreOf(row, column), t)),
          ],
        })),
      },
    ],
  };
}

/** For the accuracies' CSV. */
export function scoreColumns(rows: readonly ScoredRow[]): SideColumns {
  const columns = columnsOf(rows);
  return {
    head: columns.flatMap(({ task, judge }) =>
      ['score', 'score_low', 'score_high', 'judged', 'not_judged'].map(
        (what) => `${task}_${what} (judge ${judge})`,
      ),
    ),
    rows: rows.map((row) => ({
      row,
      cells: columns.flatMap((column): (string | number)[] => {
        const found = scoreOf(row, column);
        if (found === undefined) return ['', '', '', '', ''];
        const { score, interval, judged, notJudged } = found;
        return [score ?? '', interval?.low ?? '', interval?.high ?? '', judged, notJudged];
      }),
    })),
  };
}

function columnsOf(rows: readonly ScoredRow[]): ScoreColumn[] {
  const all = rows.flatMap(({ scores }) => scores.map(({ task, judge }) => ({ task, judge })));
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

function scoreOf({ scores }: ScoredRow, { task, judge }: ScoreColumn): FigureScore | undefined {
  return scores.find((one) => one.task === task && one.judge === judge);
}

function scoreCell(found: FigureScore | undefined, t: Translate): PlainCell {
  if (found === undefined) return nothing;
  const { score, interval, judged, notJudged } = found;
  const answers = t('{0} of {1} answers', countText(judged), countText(judged + notJudged));
  const range = interval === null ? [] : [`${interval.low.toFixed(2)}–${interval.high.toFixed(2)}`];
  const detail = [...range, answers].join(', ');
  return score === null ? { text: '–', detail } : { text: score.toFixed(2), value: score, detail };
}

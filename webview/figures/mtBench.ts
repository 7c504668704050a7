// Scores of a judge, 1 to 10: MT-Bench, Table 5.
import { mtBenchCitation, mtBenchRows } from '../../extension/shared/published/mtBench';
import type { ScoredRow } from '../../extension/shared/pages/accuracyPage';
import type { Translate } from '../../extension/shared/translate';
import { intervalText, shareText } from '../accuracy/figureText';
import { folderOf, longName } from '../accuracy/rowNames';
import { distinct } from './members';
import {
  nothing,
  numberCell,
  textCell,
  type PlainGroup,
  type PlainTable,
} from '../tables/plainTable';

export function mtBenchTable(rows: readonly ScoredRow[], t: Translate): PlainTable {
  const published = distinct(mtBenchRows.map(({ model }) => model)).map((model) => ({
    ...{ id: model, title: model, citation: mtBenchCitation },
    rows: mtBenchRows
      .filter((row) => row.model === model)
      .map(({ method, trainablePercent, score }) => ({
        id: `${model} ${method}`,
        cells: [
          textCell(method),
          numberCell(trainablePercent, shareText),
          scoreCell(score),
          nothing,
        ],
      })),
  }));
  return {
    name: 'mt-bench',
    caption: t(
      'Mean score of a judge from 1 to 10. Scores of different judges cannot be compared; answers without a score are in no mean.',
    ),
    columns: [
      { heading: t('Method'), isNumber: false },
      { heading: t('#Params (%)'), isNumber: true },
      { heading: t('Score'), isNumber: true },
      { heading: t('Answers judged'), isNumber: true },
    ],
    groups: [...ownScores(rows, t), ...published],
  };
}

/** A group for each task and judge: only scores of one judge stand under each other. */
function ownScores(rows: readonly ScoredRow[], t: Translate): PlainGroup[] {
  const scored = rows.flatMap((row) => row.scores.map((score) => ({ row, score })));
  const titles = distinct(
    scored.map(({ score }) => t('{0}, judged by {1}', score.task, score.judge)),
  );
  return titles.map((title) => ({
    ...{ id: `own ${title}`, title, citation: null },
    rows: scored
      .filter(({ score }) => t('{0}, judged by {1}', score.task, score.judge) === title)
      .map(({ row, score }) => ({
        id: row.id,
        ...folderOf(row),
        isEvaluating: row.isEvaluating,
        cells: [
          textCell(longName(row, t)),
          numberCell(row.trainablePercent, shareText),
          score.score === null
            ? nothing
            : {
                ...scoreCell(score.score),
                ...(score.interval !== null && { detail: intervalText(score.interval) }),
              },
          textCell(t('{0} of {1}', score.judged, score.judged + score.notJudged)),
        ],
      })),
  }));
}

function scoreCell(score: number) {
  return numberCell(score, (value) => value.toFixed(1));
}

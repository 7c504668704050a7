// Two rows compared in plain words.
import type { TaskPair } from '../../extension/shared/pages/accuracyPage';
import {
  macroDifference,
  pairedDifference,
  type PairedDifference,
} from '../../extension/shared/statistics/pairedComparison';
import type { Translate } from '../../extension/shared/translate';
import { countText, pointsText } from './figureText';

export interface ComparedTask {
  /** Empty for the average over tasks. */
  task: string;
  /** Beyond what chance may do, at 95 %: which of the two is better. */
  verdict: 'better' | 'worse' | 'unclear';
  sentence: string;
  /** The test behind it, for a tooltip. */
  test: string;
}

/** The first row against the second: the average over the tasks that both have, then each of them. */
export function comparePairs(pairs: readonly TaskPair[], t: Translate): ComparedTask[] {
  const asked = pairs.filter(({ counts }) => counts.n > 0);
  const tasks = asked.map(({ task, counts }) => {
    const { onlyFirst, onlySecond } = counts;
    const difference = pairedDifference(counts);
    const test = t(
      "Only the first right: {0}. Only the second: {1}. McNemar's exact test: p = {2}.",
      countText(onlyFirst),
      countText(onlySecond),
      probabilityText(difference.pValue ?? 1),
    );
    return { task, ...inWords(difference, t), test };
  });
  const macro = macroDifference(asked.map(({ counts }) => counts));
  if (macro === undefined || asked.length < 2) return tasks;
  const test = t('The mean of the {0} tasks, each counting alike.', asked.length);
  return [{ task: '', ...inWords(macro, t), test }, ...tasks];
}

/** "better by 2.1 points, 95 % interval 0.4 to 3.8, same 1,172 questions" */
function inWords(
  { n, difference, interval }: PairedDifference,
  t: Translate,
): Pick<ComparedTask, 'verdict' | 'sentence'> {
  const verdict = interval.low > 0 ? 'better' : interval.high < 0 ? 'worse' : 'unclear';
  // Told of the better one: the interval of a loss is turned round with it.
  const sign = difference < 0 ? -1 : 1;
  const [low, high] = sign < 0 ? [-interval.high, -interval.low] : [interval.low, interval.high];
  const points = pointsText(100 * Math.abs(difference));
  const rest = t(
    '95 % interval {0} to {1}, same {2} questions',
    pointsText(100 * low),
    pointsText(100 * high),
    countText(n),
  );
  const isEven = points === '0.0';
  const by = isEven
    ? t('even')
    : sign > 0
      ? t('better by {0} points', points)
      : t('worse by {0} points', points);
  const claim = verdict === 'unclear' && !isEven ? t('{0}, which may be chance', by) : by;
  return { verdict, sentence: `${claim}, ${rest}` };
}

function probabilityText(p: number): string {
  if (p < 0.0001) return p.toExponential(0);
  return p < 0.1 ? p.toPrecision(2) : p.toFixed(2);
}

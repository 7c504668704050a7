// A comparison in plain words: "better by 2.1 points, 95 % interval 0.4 to 3.8, same 1,172 questions".
import type { Compared } from './statistics/compared';
import { significance } from './statistics/holm';
import type { Translate } from './translate';

/** At 95 %, beyond what chance may do: which of the two is better. */
export type Verdict = 'better' | 'worse' | 'unclear';

export function verdictOf({ interval }: Compared): Verdict {
  return interval.low > 0 ? 'better' : interval.high < 0 ? 'worse' : 'unclear';
}

export function comparisonSentence(compared: Compared, t: Translate): string {
  const { difference, interval } = compared;
  // Told of the better one: the interval of a loss is turned round with it.
  const sign = difference < 0 ? -1 : 1;
  const [low, high] = sign < 0 ? [-interval.high, -interval.low] : [interval.low, interval.high];
  const points = pointsText(100 * Math.abs(difference));
  const range = t('95 % interval {0} to {1}', pointsText(100 * low), pointsText(100 * high));
  const isEven = points === '0.0';
  const by = isEven
    ? t('even')
    : sign > 0
      ? t('better by {0} points', points)
      : t('worse by {0} points', points);
  const isUnclear = verdictOf(compared) === 'unclear' && !isEven;
  const claim = isUnclear ? t('{0}, which may be chance', by) : by;
  return `${claim}, ${range}, ${basisText(compared, t)}`;
}

function basisText({ basis, n }: Compared, t: Translate): string {
  const questions = t('same {0} questions', countText(n));
  if (basis.kind === 'questions') return questions;
  const { first, second } = basis;
  const seeds =
    second === 1
      ? t('{0} seeds against one run', first)
      : first === 1
        ? t('one run against {0} seeds', second)
        : t('{0} seeds against {1}', first, second);
  return `${seeds}, ${questions}`;
}

/** How it was found, for a tooltip. `corrected` is of so many comparisons after Holm. */
export function comparisonMethod(
  compared: Compared,
  t: Translate,
  corrected?: { pValue: number; comparisons: number },
): string {
  const p = probabilityText(compared.pValue);
  const { basis } = compared;
  const sentences =
    basis.kind === 'seeds'
      ? [
          basis.first > 1 && basis.second > 1
            ? t("Welch's t test of the seeds' figures: p = {0}. Interval by Student's t.", p)
            : t("Student's t test of the seeds' figures: p = {0}, and interval.", p),
          t('It is over seeds: how another run would come out, not other questions.'),
        ]
      : questionSentences(compared, p, t);
  if (corrected !== undefined && corrected.comparisons > 1) {
    const { pValue, comparisons } = corrected;
    const words = t(
      "After Holm's correction for {0} comparisons: p = {1}.",
      countText(comparisons),
      probabilityText(pValue),
    );
    sentences.push(words);
  }
  return sentences.join(' ');
}

function questionSentences({ basis, tasks }: Compared, p: string, t: Translate): string[] {
  if (basis.kind === 'seeds') return [];
  const { onlyFirst, onlySecond, unpaired, bootstrap } = basis;
  const counts = t(
    'Only the first right: {0}. Only the second: {1}.',
    countText(onlyFirst),
    countText(onlySecond),
  );
  return [
    ...(tasks > 1 ? [t('The mean of the {0} tasks, each counting alike.', tasks)] : []),
    counts,
    tasks > 1
      ? t("Exchanging the two's answers at random, 10,000 times: p = {0}.", p)
      : t("McNemar's exact test: p = {0}.", p),
    t(
      'Interval by Bonett and Price; paired bootstrap: {0} to {1}.',
      pointsText(100 * bootstrap.low),
      pointsText(100 * bootstrap.high),
    ),
    ...(unpaired === 0
      ? []
      : [
          t(
            '{0} answers were left out: asked of one alone, or with another prompt.',
            countText(unpaired),
          ),
        ]),
  ];
}

/** Whether a difference still counts among all that were looked at. */
export function isSignificant(correctedP: number): boolean {
  return correctedP < significance;
}

/** "10,042" */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** "2.1", "−0.4": of a difference in percent, with a true minus sign. */
export function pointsText(points: number): string {
  const text = Math.abs(points).toFixed(1);
  return points < 0 && text !== '0.0' ? `−${text}` : text;
}

/** "+2.1", "−0.4", "0.0" */
export function signedPoints(points: number): string {
  const text = pointsText(points);
  return points > 0 && text !== '0.0' ? `+${text}` : text;
}

export function probabilityText(p: number): string {
  if (p === 0) return '0';
  if (p < 0.0001) return p.toExponential(0);
  return p < 0.1 ? p.toPrecision(2) : p.toFixed(2);
}

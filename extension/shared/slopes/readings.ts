// What a correlation means beside the paper's, in words, and how sure that is.
import type { SlopeFit } from '../run';
import { fewestPoints, publishedCorrelations } from '../slopeFits';
import type { Translate } from '../translate';
import { signedText } from './ticks';

export type Reference = 'full' | 'dora' | 'lora';

/** From the lowest correlation to the highest. */
export const references: readonly { method: Reference; name: string; correlation: number }[] = [
  { method: 'full', name: 'FT', correlation: publishedCorrelations.full },
  { method: 'dora', name: 'DoRA', correlation: publishedCorrelations.dora },
  { method: 'lora', name: 'LoRA', correlation: publishedCorrelations.lora },
];

/** Between DoRA's and LoRA's. */
const watershed = (publishedCorrelations.dora + publishedCorrelations.lora) / 2;
/** A correlation of fewer points than these is mostly chance. */
const enoughPoints = 8;

export type Verdict =
  /** Less than three points, or all of them alike. */
  | 'undefined'
  /** So few that any correlation may be chance. */
  | 'few'
  /** The interval holds both what is like full fine-tuning and what is like LoRA. */
  | 'undecided'
  /** About zero. */
  | 'between'
  | 'likeFull'
  | 'likeLora';

export function verdictOf({ correlation, points, interval }: SlopeFit): Verdict {
  if (correlation === null) return 'undefined';
  if (points < enoughPoints) return 'few';
  if (interval === null) return 'undecided';
  const [low, high] = interval;
  if (high < 0) return 'likeFull';
  if (low > 0 && correlation >= watershed) return 'likeLora';
  return low < 0 && high > watershed ? 'undecided' : 'between';
}

/** Of those that are farther, too, the nearest first: "nearer to ... than to ...". */
export function nearness(correlation: number): { near: Reference[]; far: Reference[] } {
  const isNegative = correlation < watershed;
  const sorted = [...references].sort(
    (a, b) => Math.abs(correlation - a.correlation) - Math.abs(correlation - b.correlation),
  );
  const isNear = ({ method }: { method: Reference }): boolean => (method !== 'lora') === isNegative;
  const methods = (list: readonly { method: Reference }[]) => list.map(({ method }) => method);
  return {
    near: methods(sorted.filter(isNear)),
    far: methods(sorted.filter((one) => !isNear(one))),
  };
}

/** "correlation −0.45 (95 % −0.71 to −0.10) over 30 points" */
export function figureText({ correlation, interval, points }: SlopeFit, t: Translate): string {
  if (correlation === null) {
    if (points < fewestPoints)
      return t('no correlation: it needs three points and has {0}', points);
    return t('no correlation: in one direction the {0} points are all alike', points);
  }
  const figure = signedText(correlation);
  if (interval === null) return t('correlation {0} over {1} points', figure, points);
  const [low, high] = [signedText(interval[0]), signedText(interval[1])];
  return t('correlation {0} (95 % {1} to {2}) over {3} points', figure, low, high, points);
}

/** What follows from it, honestly; empty where there is none. */
export function meaningText(fit: SlopeFit, t: Translate): string {
  const { correlation, interval } = fit;
  if (correlation === null) return '';
  const { near, far } = nearness(correlation);
  const nearer = t('nearer to {0} than to {1}', listText(near, t), listText(far, t));
  switch (verdictOf(fit)) {
    case 'undefined':
      return '';
    case 'few':
      return t('Too few layers to say: with so few points, any correlation may be chance.');
    case 'undecided':
      if (interval === null) return t('Too few layers to say how sure that is.');
      return t(
        'The interval is too wide to tell {0} from {1}; the value itself is {2}.',
        listText(['full', 'dora'], t),
        listText(['lora'], t),
        nearer,
      );
    case 'between':
      return t('It is {0}: how far a layer turns says little about its length.', nearer);
    case 'likeFull':
      return t(
        'It is {0}: layers that turn more change less in length, so magnitude and direction move independently.',
        nearer,
      );
    case 'likeLora':
      return t(
        'It is {0}: layers that turn more also change more in length, so magnitude and direction move together.',
        nearer,
      );
  }
}

/** What the paper found for this method, where the run is on the other side; empty elsewhere. */
export function surpriseText(fit: SlopeFit, method: string | undefined, t: Translate): string {
  const published = references.find((one) => one.method === method);
  const verdict = verdictOf(fit);
  if (published === undefined || (verdict !== 'likeFull' && verdict !== 'likeLora')) return '';
  const isExpected = published.correlation < watershed === (verdict === 'likeFull');
  if (isExpected) return '';
  return t('The paper found {0} for {1}.', signedText(published.correlation), published.name);
}

function listText(methods: readonly Reference[], t: Translate): string {
  const names: Record<Reference, string> = {
    full: t('full fine-tuning'),
    dora: t('DoRA'),
    lora: t('LoRA'),
  };
  const parts = methods.map((method) => {
    const correlation = signedText(publishedCorrelations[method]);
    return `${names[method]} (${correlation})`;
  });
  const [first = '', second] = parts;
  return second === undefined ? first : t('{0} and {1}', first, second);
}

// Figures as they are printed: percent with one decimal, as in the paper.
import { countText } from '../../extension/shared/comparisonText';
import type { Figure } from '../../extension/shared/pages/accuracyPage';
import type { Translate } from '../../extension/shared/translate';
import type { SeedFigure } from '../../extension/shared/statistics/acrossSeeds';
import type { Interval } from '../../extension/shared/statistics/interval';

/** "81.5" */
export function percentText(percent: number): string {
  return percent.toFixed(1);
}

/** "78.9–83.8", in percent. */
export function intervalText({ low, high }: Interval): string {
  return `${percentText(low)}–${percentText(high)}`;
}

/** "74.2 ± 0.6"; of one seed without a deviation, which it does not have. */
export function seedsText({ mean, deviation, seeds }: SeedFigure): string {
  return seeds < 2 ? percentText(mean) : `${percentText(mean)} ± ${percentText(deviation)}`;
}

/** "0.43"; "0.0042" where two decimals say nothing. */
export function shareText(percent: number): string {
  return percent >= 0.01 || percent === 0 ? percent.toFixed(2) : percent.toPrecision(2);
}

/** "99.0 % of 192" */
export function figureText({ correct, n }: Figure, t: Translate): string {
  return t('{0} % of {1}', percentText(n === 0 ? 0 : (100 * correct) / n), countText(n));
}

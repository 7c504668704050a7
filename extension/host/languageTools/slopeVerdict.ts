// What a correlation of magnitude and direction change says: like full fine-tuning, like LoRA, or neither. Free
// of VS Code.
import type { SlopeFit } from '../../shared/run';
import { publishedCorrelations } from '../../shared/slopeFits';

export type Likeness = 'full fine-tuning' | 'LoRA' | 'undecided' | 'unknown';

export interface Verdict {
  likeness: Likeness;
  sentence: string;
}

/** Fewer points than this make any correlation a guess. */
const fewPoints = 8;

/** The sign counts when the interval leaves zero out. */
export function verdictOf(fit: SlopeFit | undefined): Verdict {
  if (fit?.correlation == null) {
    return {
      likeness: 'unknown',
      sentence: 'no correlation: magnitude or direction does not differ between the layers',
    };
  }
  const { correlation, interval, points } = fit;
  const caution = points < fewPoints ? ` (only ${points} points: weak evidence)` : '';
  const [low, high] = interval ?? [-1, 1];
  const nearest = `nearest to the paper's ${nearestReference(correlation)}`;
  if (high < 0) {
    return {
      likeness: 'full fine-tuning',
      sentence: `negative, as full fine-tuning and DoRA; ${nearest}${caution}`,
    };
  }
  if (low > 0) {
    return { likeness: 'LoRA', sentence: `positive, as LoRA; ${nearest}${caution}` };
  }
  const side = correlation < 0 ? 'full fine-tuning' : 'LoRA';
  return {
    likeness: 'undecided',
    sentence: `leans to ${side}, but its 95 % interval holds zero${caution}`,
  };
}

function nearestReference(correlation: number): string {
  const { full, lora, dora } = publishedCorrelations;
  const references: [string, number][] = [
    ['FT (-0.62)', full],
    ['DoRA (-0.31)', dora],
    ['LoRA (+0.83)', lora],
  ];
  const distance = ([, value]: [string, number]) => Math.abs(value - correlation);
  return references.reduce((best, one) => (distance(one) < distance(best) ? one : best))[0];
}

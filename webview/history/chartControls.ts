// What the reader of charts chooses, kept while the page is hidden, and the axes that follow from it.
import type { Translate } from '../../extension/shared/translate';
import type { Axis } from '../charts/drawing';
import { clockText, tickText } from '../charts/ticks';
import type { XKind } from './stepSeries';

export interface ChartChoices {
  x: XKind;
  smoothing: number;
  isLog: boolean;
  ignoresOutliers: boolean;
}

export const firstChoices: ChartChoices = {
  x: 'step',
  smoothing: 0.6,
  isLog: false,
  ignoresOutliers: false,
};

export function xAxisOf(kind: XKind, t: Translate): Axis {
  switch (kind) {
    case 'step':
      return { title: t('Step'), text: tickText };
    case 'time':
      return { title: t('Training time'), text: clockText, isTime: true };
    case 'tokens':
      return { title: t('Tokens'), text: tickText };
    case 'epochs':
      return { title: t('Epochs'), text: epochText };
  }
}

/** A step of 1 is the one of whole figures, as in a tooltip. */
function epochText(value: number, step: number): string {
  return step >= 1 ? Number(value.toFixed(2)).toString() : tickText(value, step);
}

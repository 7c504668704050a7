// The colour of the first and of the second adapter, in every chart.
import { runLook } from '../../../extension/shared/slopes/slopeSvg';
import type { PictureColors } from '../../../extension/shared/slopes/scene';

export function subjectColor(index: number, colors: PictureColors): string {
  return runLook(index, 2, colors).ramp(1);
}

// An adapter's name with the mark that tells it from the other one in every chart.
import type { VNode } from 'preact';
import { markerOutline, type PictureColors } from '../../../extension/shared/slopes/scene';
import { subjectColor } from './subjectColor';

interface SubjectNameProps {
  index: number;
  label: string;
  colors: PictureColors;
}

const radius = 4;

export function SubjectName({ index, label, colors }: SubjectNameProps): VNode {
  const fill = subjectColor(index, colors);
  const points = markerOutline('triangle', radius).map((value) => value + 6);
  return (
    <span class="subject-name">
      <svg class="run-mark" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        {index === 0 ? (
          <circle cx="6" cy="6" r={radius} fill={fill} />
        ) : (
          <polygon points={points.join(' ')} fill={fill} />
        )}
      </svg>
      {label}
    </span>
  );
}

// A run's marker in its colour, as its points have it.
import type { VNode } from 'preact';
import { markerOutline } from '../../extension/shared/slopes/scene';
import type { RunLook } from '../../extension/shared/slopes/slopeSvg';

export function RunMark({ look }: { look: RunLook }): VNode {
  const outline = markerOutline(look.marker, 4.5);
  const color = look.ramp(1);
  return (
    <svg class="run-mark" width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true">
      {outline.length === 0 ? (
        <circle r="4.5" fill={color} />
      ) : (
        <polygon points={outline.join(' ')} fill={color} />
      )}
    </svg>
  );
}

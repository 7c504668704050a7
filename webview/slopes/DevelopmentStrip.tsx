// The correlation over the steps, a line a run; a click goes to its step.
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { PictureTheme } from '../charts/pictureTheme';
import { SceneCanvas } from '../charts/SceneCanvas';
import type { CanvasSize } from '../charts/useCanvas';
import { t } from '../page/translate';
import { developmentOf, developmentShapes, stepAt } from './development';
import type { Looks } from './looks';
import type { Filter, Series } from './series';
import { typeText } from './texts';
import type { Ages, Scope } from './timeline';

interface DevelopmentStripProps {
  series: readonly Series[];
  focus: string;
  scope: Scope;
  filter: Filter;
  looks: Looks;
  theme: PictureTheme;
  ages: Ages;
  step: number;
  onStep: (step: number) => void;
}

export function DevelopmentStrip(props: DevelopmentStripProps): VNode {
  const { series, focus, scope, filter, looks, theme, ages, step, onStep } = props;
  const sums = series.map((one) => one.sums);
  const lines = useMemo(
    () => series.map((one) => developmentOf(one, focus, scope, filter)),
    [focus, scope, JSON.stringify(filter), ...sums],
  );
  const picture = (size: CanvasSize) => ({
    ...size,
    colors: theme.colors,
    lines,
    ...ages,
    step,
    look: (index: number) => {
      const { marker, ramp } = looks.of(index);
      return { marker, color: ramp(1) };
    },
  });
  return (
    <section class="development">
      <h3>{t('Correlation of {0} over the steps', typeText(focus, t))}</h3>
      <SceneCanvas
        className="strip"
        label={t('Correlation over the steps; the table tells its values at the step shown')}
        font={theme.font}
        shapes={(size) => developmentShapes(picture(size))}
        onClick={(x, size) => {
          onStep(Math.round(stepAt(picture(size), x)));
        }}
      />
    </section>
  );
}

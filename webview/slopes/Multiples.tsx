// One plot a module type, and one of all; a title enlarges its plot, Escape takes it back.
import type { VNode } from 'preact';
import type { PictureTheme } from '../charts/pictureTheme';
import { t } from '../page/translate';
import type { Looks } from './looks';
import { PlotCanvas } from './PlotCanvas';
import type { PlotModel } from './plots';
import { RunMark } from './RunMark';
import { selectionOf, type Selection } from './selection';
import { fitText, typeText } from './texts';

interface MultiplesProps {
  plots: readonly PlotModel[];
  focus: string;
  isEnlarged: boolean;
  looks: Looks;
  theme: PictureTheme;
  step: number;
  selection: Selection | null;
  onSelect: (selection: Selection | null) => void;
  onFocus: (type: string, isEnlarged: boolean) => void;
}

export function Multiples(props: MultiplesProps): VNode {
  const { plots, focus, isEnlarged, onFocus } = props;
  const shown = isEnlarged ? plots.filter(({ type }) => type === focus) : plots;
  const leave = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && isEnlarged) onFocus(focus, false);
  };
  return (
    <div class={isEnlarged ? 'multiples enlarged' : 'multiples'} onKeyDown={leave}>
      {shown.map((plot) => (
        <Multiple key={plot.type} {...props} plot={plot} />
      ))}
    </div>
  );
}

function Multiple(props: MultiplesProps & { plot: PlotModel }): VNode {
  const { plot, focus, isEnlarged, looks, theme, step, selection, onSelect, onFocus } = props;
  const title = typeText(plot.type, t);
  const points = plot.current.reduce((sum, { modules }) => sum + modules.length, 0);
  return (
    <section class={plot.type === focus && !isEnlarged ? 'multiple focused' : 'multiple'}>
      <h3>
        <button
          type="button"
          aria-expanded={isEnlarged}
          title={isEnlarged ? t('Show all modules (Escape)') : t('Enlarge')}
          onClick={() => {
            onFocus(plot.type, !isEnlarged);
          }}
        >
          {title}
          <span
            class={`codicon codicon-${isEnlarged ? 'screen-normal' : 'screen-full'}`}
            aria-hidden="true"
          />
        </button>
      </h3>
      <ul class="fits">
        {plot.fits.map((fit) => (
          <li key={fit.series.run.folder} title={fit.series.run.label}>
            {plot.fits.length > 1 && <RunMark look={looks.of(fit.series.index)} />}
            <span class="visually-hidden">{fit.series.run.label}: </span>
            {fitText(fit, t)}
          </li>
        ))}
      </ul>
      <PlotCanvas
        plot={plot}
        label={t('{0}: {1} points at step {2}; arrow keys go through them', title, points, step)}
        looks={looks}
        theme={theme}
        step={step}
        hasNames={isEnlarged}
        selection={selection}
        onSelect={(point) => {
          onSelect(point === undefined ? null : selectionOf(point));
        }}
        onLeave={() => {
          if (isEnlarged) onFocus(plot.type, false);
        }}
      />
    </section>
  );
}

// Which run has which marker and hue, and how colours go from the first step to the last.
import type { VNode } from 'preact';
import { stateText } from '../../extension/shared/runWords';
import { t } from '../page/translate';
import type { Looks } from './looks';
import { RunMark } from './RunMark';
import type { Series } from './series';
import type { Ages } from './timeline';

interface LegendProps {
  series: readonly Series[];
  looks: Looks;
  ages: Ages;
}

const stops = [0, 0.25, 0.5, 0.75, 1];

export function Legend({ series, looks, ages }: LegendProps): VNode {
  return (
    <ul class="legend" aria-label={t('Runs')}>
      {series.map(({ index, run }) => {
        const look = looks.of(index);
        const colors = stops.map((age) => look.ramp(age)).join(', ');
        return (
          <li key={run.folder} title={run.folder}>
            <RunMark look={look} />
            <strong>{run.label}</strong>
            {run.state !== undefined && <span class="muted">{progressText(run)}</span>}
            {ages.last > ages.first && (
              <span class="ramp">
                <span class="muted">{ages.first}</span>
                <span class="bar" style={{ background: `linear-gradient(90deg, ${colors})` }} />
                <span class="muted">{t('step {0}', ages.last)}</span>
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function progressText({ state, step, steps }: Series['run']): string {
  const word = state === undefined ? '' : stateText(state, t);
  if (state === 'done' || steps === 0) return word;
  return t('{0}, step {1} of {2}', word, step, steps);
}

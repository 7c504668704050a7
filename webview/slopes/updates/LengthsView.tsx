// Histograms of how much longer or shorter rows became, one for each type of module.
import type { VNode } from 'preact';
import { SceneCanvas } from '../../charts/SceneCanvas';
import { t } from '../../page/translate';
import { histogramShapes, lengthsByType, type TypeLengths } from './lengths';
import { changeText, decimalsFor } from './names';
import { SubjectName } from './SubjectName';
import type { ChartProps } from './UpdatesView';

export function LengthsView({ measurement, labels, theme }: ChartProps): VNode {
  const types = lengthsByType(measurement);
  if (types.length === 0) return <p class="muted">{t('No module was trained.')}</p>;
  const [low, high] = [measurement.edges[0] ?? 0, measurement.edges.at(-1) ?? 0];
  const decimals = decimalsFor(high);
  return (
    <>
      <div class="length-charts">
        {types.map((lengths) => (
          <section key={lengths.type}>
            <h2>
              {lengths.type} <span class="muted">{t('{0} rows', rowsOf(lengths))}</span>
            </h2>
            <ul class="updates-readings">
              {lengths.adapters.map((own, index) => (
                <li key={index}>
                  <SubjectName index={index} label={labels[index] ?? ''} colors={theme.colors} />{' '}
                  <span class="muted">
                    {own === undefined ? t('not trained') : changeText(own.mean, decimals + 1)}
                  </span>
                </li>
              ))}
            </ul>
            <SceneCanvas
              className="length-canvas"
              font={theme.font}
              label={spokenText(lengths, labels, decimals)}
              shapes={(size) => histogramShapes(lengths, measurement.edges, size, theme.colors)}
            />
          </section>
        ))}
      </div>
      <p class="muted">
        {t(
          "Length of each row of the merged weight against the base's, rows as output features: for DoRA its magnitude. The figure is the mean; bars are shares of the rows, the outer ones hold all beyond {0} and {1}.",
          changeText(low, decimals),
          changeText(high, decimals),
        )}
      </p>
    </>
  );
}

/** Of one adapter: both have the same rows where they train the same layers. */
function rowsOf({ adapters }: TypeLengths): number {
  return Math.max(0, ...adapters.map((own) => own?.rows ?? 0));
}

function spokenText(
  { type, adapters }: TypeLengths,
  labels: readonly string[],
  decimals: number,
): string {
  const means = adapters.flatMap((own, index) =>
    own === undefined ? [] : [`${labels[index] ?? ''}: ${changeText(own.mean, decimals + 1)}`],
  );
  return t('Histogram of the changes of row lengths of {0}; mean of {1}', type, means.join(', '));
}

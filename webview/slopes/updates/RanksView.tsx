// Effective rank of each module's update, and the singular values of the one that is chosen.
import type { VNode } from 'preact';
import { SceneCanvas } from '../../charts/SceneCanvas';
import { t } from '../../page/translate';
import { HeatMap } from './HeatMap';
import { moduleText } from './names';
import { chosenModule, moduleOf, rankGrids, spectrumLines, spectrumShapes } from './ranks';
import { SubjectName } from './SubjectName';
import type { ChartProps } from './UpdatesView';

export function RanksView({ measurement, labels, theme, module, onModule }: ChartProps): VNode {
  const grids = rankGrids(measurement, t);
  if (grids.length === 0) return <p class="muted">{withoutRank()}</p>;
  const chosen = chosenModule(measurement.adapters, module);
  return (
    <div class="updates-columns">
      <div class="updates-maps">
        {grids.map(({ index, grid }) => (
          <section key={index}>
            <h2>
              <SubjectName index={index} label={labels[index] ?? ''} colors={theme.colors} />
            </h2>
            <HeatMap
              model={grid.model}
              theme={theme}
              label={t('Effective rank of {0} by module type and layer', labels[index] ?? '')}
              textOf={(cell) => rankText(measurement, index, grid.nameAt(cell) ?? '')}
              scaleText={(value) => value.toFixed(0)}
              selected={grid.cellOf(chosen)}
              onSelect={(cell) => {
                onModule(grid.nameAt(cell) ?? chosen);
              }}
              mostHeight={260}
            />
          </section>
        ))}
        {grids.length < measurement.adapters.length && <p class="muted">{withoutRank()}</p>}
      </div>
      <section>
        <h2>{t('Singular values of {0}', moduleText(chosen, t))}</h2>
        <SceneCanvas
          className="spectrum-canvas"
          font={theme.font}
          label={grids.map(({ index }) => rankText(measurement, index, chosen)).join('; ')}
          shapes={(size) =>
            spectrumShapes(spectrumLines(measurement, chosen, theme.colors), size, theme.colors, {
              x: t('number'),
              y: t('singular value'),
            })
          }
        />
        <ul class="updates-readings">
          {grids.map(({ index }) => (
            <li key={index}>
              <SubjectName index={index} label={labels[index] ?? ''} colors={theme.colors} />{' '}
              <span class="muted">{rankText(measurement, index, chosen)}</span>
            </li>
          ))}
        </ul>
        <p class="muted">
          {t(
            'Effective rank is the exponential of the entropy of the singular values of the update s B A: as many equal values would spread as evenly. For DoRA it is of the update of the direction.',
          )}
        </p>
      </section>
    </div>
  );
}

function rankText(measurement: ChartProps['measurement'], index: number, name: string): string {
  const found = moduleOf(measurement, index, name);
  const module = moduleText(name, t);
  if (found?.effectiveRank == null) return t('{0}: no update', module);
  return t('{0}: {1} of {2}', module, found.effectiveRank.toFixed(2), found.values.length);
}

function withoutRank(): string {
  return t(
    'Full fine-tuning and magnitudes alone have no low-rank update: there is no effective rank and no subspace of them.',
  );
}

// How alike the directions of two adapters are: of all modules at once, and of the one that is chosen.
import type { VNode } from 'preact';
import { Slider } from '../../components/Slider';
import { Dropdown } from '../../components/toolkit';
import { t } from '../../page/translate';
import type { ModuleSimilarity } from '../../../extension/shared/updates';
import { HeatMap } from './HeatMap';
import { moduleText } from './names';
import {
  mostDirections,
  pairModel,
  sides,
  similarityAt,
  summaryGrid,
  type Side,
} from './subspaces';
import { similarityText } from './subspaceTexts';
import type { ChartProps } from './UpdatesView';

export function SubspacesView(props: ChartProps): VNode {
  const { similarity } = props.measurement;
  if (similarity === null) {
    return (
      <p class="muted">{t('Choose an adapter to compare with; its subspaces are measured too.')}</p>
    );
  }
  const [first] = similarity;
  if (first === undefined) {
    return <p class="muted">{t('No module has a low-rank update by both.')}</p>;
  }
  const chosen = similarity.find(({ name }) => name === props.module) ?? first;
  return <Compared {...props} similarity={similarity} chosen={chosen} />;
}

interface ComparedProps extends ChartProps {
  similarity: readonly ModuleSimilarity[];
  chosen: ModuleSimilarity;
}

function Compared(props: ComparedProps): VNode {
  const { similarity, chosen, labels, theme, look, onLook, onModule } = props;
  const { side } = look;
  const most = mostDirections(similarity);
  const directions = Math.min(look.directions, most);
  const grid = summaryGrid(similarity, side, directions, t);
  const titles = {
    rows: t('i, of {0}', labels[0] ?? ''),
    columns: t('j, of {0}', labels[1] ?? ''),
  };
  const pair = pairModel(chosen, side, titles);
  return (
    <>
      <div class="subspace-choices">
        <Dropdown
          label={t('Side of the update')}
          value={side}
          options={sides.map((one) => ({ value: one, text: sideText(one) }))}
          onChange={(value) => {
            onLook({ ...look, side: value as Side });
          }}
        />
        <Slider
          label={t('Directions')}
          value={directions}
          min={1}
          max={most}
          step={1}
          text={String(directions)}
          onInput={(value) => {
            onLook({ ...look, directions: value });
          }}
        />
      </div>
      <div class="updates-columns even">
        <section>
          <h2>{t('First {0} directions of every module', directions)}</h2>
          <HeatMap
            model={grid.model}
            theme={theme}
            label={t('Similarity of subspaces by module type and layer')}
            textOf={(cell) => {
              const module = similarity.find(({ name }) => name === grid.nameAt(cell));
              if (module === undefined) return '';
              const found = similarityAt(module, side, directions);
              return `${moduleText(module.name, t)}: ${similarityText(found, t)}`;
            }}
            scaleText={scaleText}
            selected={grid.cellOf(chosen.name)}
            onSelect={(cell) => {
              onModule(grid.nameAt(cell) ?? chosen.name);
            }}
            mostHeight={340}
          />
        </section>
        <section>
          <h2>{moduleText(chosen.name, t)}</h2>
          <HeatMap
            model={pair}
            theme={theme}
            label={t(
              'Similarity of the first i and j directions of {0}',
              moduleText(chosen.name, t),
            )}
            textOf={({ row, column }) => {
              const value = chosen[side][row]?.[column] ?? 0;
              return t('i = {0}, j = {1}: {2}', row + 1, column + 1, value.toFixed(3));
            }}
            scaleText={scaleText}
            mostHeight={420}
          />
        </section>
      </div>
      <p>
        {moduleText(chosen.name, t)}: {similarityText(similarityAt(chosen, side, directions), t)}
      </p>
      <p class="muted">
        {t(
          'Similarity is the share of the smaller subspace that lies in the larger one (LoRA paper, section 7.2): 1 for the same directions, 0 for none in common. Of DoRA it is of the update of the direction.',
        )}
      </p>
    </>
  );
}

function sideText(side: Side): string {
  return side === 'output' ? t('Directions of the output') : t('Directions of the input');
}

function scaleText(value: number): string {
  return value.toFixed(0);
}

// The curves of the runs over each other.
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { ExportFile } from '../../extension/shared/pages/common';
import type { ComparedRun } from '../../extension/shared/pages/comparePage';
import { LineChart } from '../charts/LineChart';
import { wholeRange } from '../charts/line';
import { ChartLink } from '../charts/link';
import type { Range } from '../charts/ranges';
import { Checkbox, Dropdown } from '../components/toolkit';
import { ChartBar } from '../history/ChartBar';
import { firstChoices, xAxisOf } from '../history/chartControls';
import { useKept } from '../page/connect';
import { keepValue, keptValue } from '../page/document';
import { t } from '../page/translate';
import { epochsAStep, type CompareCharts, type CompareChoices } from './compareCharts';
import type { ColorBy, RunLook } from './comparedRuns';
import { seedGroups } from './seedGroups';

interface CurvesSectionProps {
  runs: readonly ComparedRun[];
  looks: ReadonlyMap<string, RunLook>;
  hidden: readonly string[];
  charts: CompareCharts;
  colorBy: ColorBy;
  onColorBy: (by: ColorBy) => void;
  onSave: (file: ExportFile) => void;
}

const firstCompareChoices: CompareChoices = { ...firstChoices, averagesSeeds: false };

export function CurvesSection(props: CurvesSectionProps): VNode {
  const { runs, looks, hidden, charts: made, colorBy, onColorBy, onSave } = props;
  const [kept, choose] = useKept('charts', firstCompareChoices);
  const link = useMemo(
    () =>
      new ChartLink(keptValue<Range | undefined>('zoom', undefined), (range) => {
        keepValue('zoom', range);
      }),
    [],
  );
  const hasEpochs = runs.every((run) => epochsAStep(run) !== undefined);
  const hasSeeds = seedGroups(runs).some((group) => group.length > 1);
  const choices = kept.x === 'epochs' && !hasEpochs ? { ...kept, x: 'step' as const } : kept;
  const charts = made.of(runs, looks, choices, t);
  const whole = wholeRange(charts.flatMap(({ lines }) => lines));
  return (
    <section aria-labelledby="curves">
      <div class="section-head">
        <h2 id="curves">{t('Curves')}</h2>
      </div>
      <ChartBar
        {...{ choices, link, hasEpochs }}
        onChoose={(next) => {
          choose({ ...choices, ...next });
        }}
      >
        <label class="labelled">
          <span aria-hidden="true">{t('Colour by')}</span>
          <Dropdown
            label={t('Colour by')}
            value={colorBy}
            options={[
              { value: 'run', text: t('Run') },
              { value: 'method', text: t('Method') },
            ]}
            onChange={(value) => {
              onColorBy(value as ColorBy);
            }}
          />
        </label>
        {hasSeeds && (
          <Checkbox
            checked={choices.averagesSeeds}
            onChange={(averagesSeeds) => {
              choose({ ...choices, averagesSeeds });
            }}
          >
            {t('Mean ± std over seeds')}
          </Checkbox>
        )}
      </ChartBar>
      {whole === undefined ? (
        <p class="muted">{t('None of these runs has taken a step yet.')}</p>
      ) : (
        <div class="chart-grid">
          {charts.map(({ id, ...chart }) => (
            <div key={id}>
              <LineChart
                {...chart}
                {...{ link, whole, onSave, hidden }}
                subject={t('Compare {0} runs', runs.length)}
                xAxis={xAxisOf(choices.x, t)}
                isLog={choices.isLog}
                ignoresOutliers={choices.ignoresOutliers}
                hasLegend={choices.averagesSeeds && id === 'loss'}
                onHide={() => undefined}
              />
            </div>
          ))}
        </div>
      )}
    </section>
  );
}

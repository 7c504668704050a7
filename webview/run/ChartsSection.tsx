// The charts of a run, under one bar of choices.
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { ExportFile } from '../../extension/shared/pages/common';
import type { RunPageState } from '../../extension/shared/pages/runPage';
import { LineChart } from '../charts/LineChart';
import { wholeRange } from '../charts/line';
import { ChartLink } from '../charts/link';
import type { Range } from '../charts/ranges';
import { ChartBar } from '../history/ChartBar';
import { firstChoices, xAxisOf } from '../history/chartControls';
import { useKept } from '../page/connect';
import { keepValue, keptValue } from '../page/document';
import { t } from '../page/translate';
import { runTitle } from './headerText';
import { RankMapView } from './RankMapView';
import { RunCharts } from './runCharts';

interface ChartsSectionProps {
  state: RunPageState;
  onSave: (file: ExportFile) => void;
}

export function ChartsSection({ state, onSave }: ChartsSectionProps): VNode {
  const [kept, choose] = useKept('charts', firstChoices);
  const [hidden, setHidden] = useKept<Record<string, string[]>>('hidden', {});
  const link = useMemo(
    () =>
      new ChartLink(keptValue<Range | undefined>('zoom', undefined), (range) => {
        keepValue('zoom', range);
      }),
    [],
  );
  const made = useMemo(() => new RunCharts(), []);
  const epochsAStep = epochsOfStep(state);
  const hasEpochs = epochsAStep !== undefined;
  const choices = kept.x === 'epochs' && !hasEpochs ? { ...kept, x: 'step' as const } : kept;
  const { history } = state;
  const { training, method } = state.run.settings;
  const { clipNorm } = training;
  const isAdalora = method === 'adalora';
  const charts = made.of({ history, epochsAStep, clipNorm, isAdalora }, choices, t);
  const whole = wholeRange(charts.flatMap(({ lines }) => lines));
  if (whole === undefined) {
    return (
      <p class="muted">{t('No step has been taken yet: the charts begin with the first one.')}</p>
    );
  }
  return (
    <>
      <ChartBar {...{ choices, link, hasEpochs }} onChoose={choose} />
      <div class="chart-grid">
        {charts.map(({ id, isWide, ...chart }) => (
          <div key={id} class={isWide === true ? 'chart-wide' : ''}>
            <LineChart
              {...chart}
              {...{ link, whole, onSave }}
              subject={runTitle(state)}
              xAxis={xAxisOf(choices.x, t)}
              isLog={choices.isLog}
              maySave={!state.isGlance}
              ignoresOutliers={choices.ignoresOutliers}
              hidden={hidden[id] ?? []}
              onHide={(ids) => {
                setHidden({ ...hidden, [id]: ids });
              }}
            />
          </div>
        ))}
      </div>
      {history.ranks.length > 0 && (
        <RankMapView records={history.ranks} subject={runTitle(state)} onSave={onSave} />
      )}
    </>
  );
}

function epochsOfStep({ status }: RunPageState): number | undefined {
  const { epochs, steps } = status;
  return epochs === undefined || steps === 0 ? undefined : epochs / steps;
}

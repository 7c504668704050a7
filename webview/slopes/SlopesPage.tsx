// The page: what is shown of the runs, from the settings, and where it stands.
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type {
  SlopesPageEvents,
  SlopesPageMethods,
  SlopesPageState,
} from '../../extension/shared/pages/slopesPage';
import { usePictureTheme } from '../charts/pictureTheme';
import { Tabs } from '../components/Tabs';
import { Waiting } from '../components/Waiting';
import { useConnection, useKept, type Connection } from '../page/connect';
import { page } from '../page/document';
import { t } from '../page/translate';
import { changes } from './changes';
import { DevelopmentStrip } from './DevelopmentStrip';
import { DiagnosisHead } from './DiagnosisHead';
import { exportFile } from './exportFile';
import { Legend } from './Legend';
import { makeLooks } from './looks';
import { Multiples } from './Multiples';
import { Player } from './Player';
import { makePlot, makePlots, typesOf } from './plots';
import { Reading } from './Reading';
import { makeSeries, type Series } from './series';
import { filterOf, focusOf, usualSettings, type Settings } from './settings';
import './slopes.css';
import { Tables } from './Tables';
import { waitingText } from './texts';
import { agesOf, measuredSteps, shownStep } from './timeline';
import { Toolbar } from './Toolbar';
import type { UpdatesChart } from './updates/updatesCsv';
import { UpdatesView } from './updates/UpdatesView';

type SlopesConnection = Connection<SlopesPageState, SlopesPageMethods>;

export function SlopesPage(): VNode {
  const { state, problem, call } = useConnection<
    SlopesPageState,
    SlopesPageMethods,
    SlopesPageEvents
  >(changes);
  if (state === undefined) return <Waiting problem={problem} />;
  // Room is short in the panel: it shows the slopes of what is selected and nothing else.
  if (page.isPanel) {
    return (
      <>
        <Head state={state} call={call} />
        <Slopes state={state} call={call} />
      </>
    );
  }
  return <Charts state={state} call={call} />;
}

type View = 'slopes' | UpdatesChart;

function Charts({ state, call }: SlopesProps): VNode {
  const [view, setView] = useKept<View>('view', 'slopes');
  const theme = usePictureTheme(false);
  const items: { id: View; text: string }[] = [
    { id: 'slopes', text: t('Slopes') },
    { id: 'ranks', text: t('Effective rank') },
    { id: 'lengths', text: t('Row lengths') },
    { id: 'subspaces', text: t('Subspaces') },
  ];
  const epoch = JSON.stringify(
    state.runs.map((run) => [run.folder, run.samples.length, run.state]),
  );
  return (
    <>
      <Head state={state} call={call} />
      <Tabs
        label={t('Charts')}
        items={items}
        chosen={view}
        onChoose={(id) => {
          setView(id as View);
        }}
      >
        {view === 'slopes' ? (
          <Slopes state={state} call={call} />
        ) : (
          <UpdatesView chart={view} theme={theme} call={call} epoch={epoch} />
        )}
      </Tabs>
    </>
  );
}

interface SlopesProps {
  state: SlopesPageState;
  call: SlopesConnection['call'];
}

function Slopes({ state, call }: SlopesProps): VNode {
  const [kept, keep] = useKept<Settings>('settings', usualSettings);
  // The step of a checkpoint counts until another is chosen for it.
  const [chosenFor, setChosenFor] = useKept<number | null>('stepChosenFor', null);
  const asked = state.step ?? null;
  const settings = asked !== chosenFor ? { ...kept, step: asked } : kept;
  const change = (some: Partial<Settings>): void => {
    keep({ ...settings, ...some });
    setChosenFor(asked);
  };
  const series = useMemo(() => state.runs.map(makeSeries), [state.runs]);
  const steps = measuredSteps(series);
  const step = shownStep(steps, settings.step);
  const waiting = state.runs.flatMap((run) => waitingText(run, t) ?? []);
  if (step === undefined) {
    return (
      <div class={bodyClass}>
        <Nothing state={state} waiting={waiting} />
      </div>
    );
  }
  return <Measured {...{ call, settings, change, series, steps, step, waiting }} />;
}

interface MeasuredProps {
  call: SlopesConnection['call'];
  settings: Settings;
  change: (some: Partial<Settings>) => void;
  series: Series[];
  steps: number[];
  step: number;
  waiting: string[];
}

function Measured(props: MeasuredProps): VNode {
  const { call, settings, change, series, steps, step, waiting } = props;
  const theme = usePictureTheme(page.isPanel);
  const measured = series.filter(({ run }) => run.samples.length > 0);
  const ages = agesOf(series);
  const looks = makeLooks(series, theme.colors, ages);
  const filter = filterOf(settings);
  const request = { scope: settings.scope, step, filter, sameScale: settings.sameScale };
  const samples = measured.map(({ run }) => run.samples);
  // While a run goes on its step changes much more often than its samples.
  const plots = useMemo(() => makePlots(measured, request), [JSON.stringify(request), ...samples]);
  const shown = plots.map(({ type }) => type);
  const focus = focusOf(settings, shown);
  const focused = plots.find(({ type }) => type === focus) ?? makePlot(measured, focus, request);
  const { scope, selection, isEnlarged } = settings;
  const player = steps.length > 1 && (
    <Player
      steps={steps}
      step={step}
      onStep={(next) => {
        change({ step: next });
      }}
    />
  );
  return (
    <div class={bodyClass}>
      {waiting.map((sentence) => (
        <p key={sentence} class="muted" role="status">
          {sentence}
        </p>
      ))}
      <div class="aside">
        <Legend series={series} looks={looks} ages={ages} />
        <Reading focus={focused} scope={scope} looks={looks} theme={theme} />
        {!page.isPanel && player}
        {steps.length > 1 && (
          <DevelopmentStrip
            series={measured}
            focus={focus}
            {...{ scope, filter, looks, theme, ages, step }}
            onStep={(next) => {
              change({ step: next });
            }}
          />
        )}
      </div>
      <div class="plots">
        <Toolbar
          settings={settings}
          onChange={change}
          types={typesOf(series)}
          shown={shown}
          focus={focus}
          isPanel={page.isPanel}
          onExport={(kind) => {
            const figure = { plots, focus: focused, scope, step, selection, looks, t };
            const { colors, font } = theme;
            void call('save', exportFile(kind, measured, { ...figure, colors, font }));
          }}
        >
          {player}
        </Toolbar>
        {settings.isTable ? (
          <Tables plots={plots} series={measured} scope={scope} step={step} />
        ) : (
          <Multiples
            {...{ plots, focus, isEnlarged, looks, theme, step, selection }}
            onSelect={(next) => {
              change({ selection: next });
            }}
            onFocus={(type, isLarge) => {
              change({ focus: type, isEnlarged: isLarge });
            }}
          />
        )}
      </div>
    </div>
  );
}

const bodyClass = page.isPanel ? 'slopes in-panel' : 'slopes';

function Head({ state, call }: SlopesProps): VNode {
  const { diagnosis, leftOut, runs } = state;
  const experiments = [...new Set(runs.map(({ experiment }) => experiment))].filter(Boolean);
  return (
    <header class={page.isPanel ? 'visually-hidden' : ''}>
      <h1>
        {t('Slope diagnostics')}
        <span class="muted"> {experiments.join(', ')}</span>
      </h1>
      {diagnosis !== undefined && (
        <DiagnosisHead
          diagnosis={diagnosis}
          onMeasure={() => {
            void call('run', 'diagnose', diagnosis.base, diagnosis.adapter);
          }}
        />
      )}
      {leftOut > 0 && <p class="muted">{t('{0} more runs are selected than fit.', leftOut)}</p>}
    </header>
  );
}

function Nothing({ state, waiting }: { state: SlopesPageState; waiting: string[] }): VNode {
  if (state.diagnosis !== undefined) return <p class="muted">{t('It was not measured yet.')}</p>;
  if (state.runs.length === 0) {
    return <p class="muted">{t('Select a run in the sidebar to see its slopes.')}</p>;
  }
  return (
    <>
      {waiting.map((sentence) => (
        <p key={sentence} role="status">
          {sentence}
        </p>
      ))}
    </>
  );
}

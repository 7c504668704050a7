// Any number of runs against each other: how they ended, their curves, the settings that differ.
import type { VNode } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type {
  ComparedRun,
  ComparePageEvents,
  ComparePageMethods,
  ComparePageState,
} from '../../extension/shared/pages/comparePage';
import { changed } from '../../extension/shared/runHistory';
import type { Changes } from '../../extension/shared/rpc';
import { Icon } from '../components/Icon';
import { Waiting } from '../components/Waiting';
import { Button } from '../components/toolkit';
import { useConnection, useKept } from '../page/connect';
import { keepValue, keptValue } from '../page/document';
import { t } from '../page/translate';
import { CurvesSection } from './CurvesSection';
import { RunsTable } from './RunsTable';
import { SettingsTable } from './SettingsTable';
import { CompareCharts } from './compareCharts';
import { looksOf, type ColorBy } from './comparedRuns';
import '../components/notice.css';
import '../components/tables.css';
import './compare.css';

const changes: Changes<ComparePageState, ComparePageEvents> = {
  runsChosen: (_, state) => state,
  runChanged: (state, { folder, change, status, isGone }) => ({
    ...state,
    runs: state.runs.map((run): ComparedRun => {
      if (run.folder !== folder) return run;
      return {
        ...run,
        ...(change && { history: changed(run.history, change) }),
        ...(status && { status }),
        ...(isGone !== undefined && { isGone }),
      };
    }),
  }),
};

export function ComparePage(): VNode {
  const { state, problem, call } = useConnection<
    ComparePageState,
    ComparePageMethods,
    ComparePageEvents
  >(changes);
  const [colorBy, setColorBy] = useKept<ColorBy>('colorBy', 'run');
  const [hidden, setHidden] = useKept<string[]>('hidden', []);
  const charts = useMemo(() => new CompareCharts(), []);
  const choose = (folders: string[]): void => {
    keepValue('folders', folders);
    void call('choose', folders);
  };
  useEffect(() => {
    // The page may have been given others than it was opened with, before it was hidden.
    const folders = keptValue<string[] | undefined>('folders', undefined);
    if (folders !== undefined) void call('choose', folders);
  }, []);
  if (state === undefined) return <Waiting problem={problem} />;
  const { runs, missing } = state;
  const looks = looksOf(runs, colorBy);
  const folders = runs.map(({ folder }) => folder);
  const pick = async (): Promise<void> => {
    const picked = await call('pick', folders);
    if (picked !== undefined) choose(picked);
  };
  return (
    <>
      <header class="compare-head">
        <h1>{t('Compare {0} runs', runs.length)}</h1>
        <Button icon="add" onClick={() => void pick()}>
          {t('Add or remove runs')}
        </Button>
      </header>
      {missing.length > 0 && (
        <p class="notice">
          <Icon name="info" color="editorInfo.foreground" />{' '}
          {t('No longer there, and left out: {0}', missing.map(nameOf).join(', '))}
        </p>
      )}
      {runs.length === 0 ? (
        <p class="muted">{t('No run is chosen.')}</p>
      ) : (
        <>
          <RunsTable
            {...{ runs, looks, hidden }}
            onHide={setHidden}
            onRemove={(folder) => {
              choose(folders.filter((other) => other !== folder));
            }}
            onOpen={(folder) => void call('run', 'openRun', folder)}
            onCopy={(text) => void call('copy', text)}
          />
          <CurvesSection
            {...{ runs, looks, hidden, charts, colorBy }}
            onColorBy={setColorBy}
            onSave={(file) => void call('save', file)}
          />
          <SettingsTable {...{ runs, looks }} />
        </>
      )}
    </>
  );
}

function nameOf(folder: string): string {
  return folder.split(/[/\\]/).at(-1) ?? folder;
}

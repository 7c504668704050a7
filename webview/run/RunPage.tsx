// The page of one run: how it stands, then its sections.
import type { VNode } from 'preact';
import type { PageCommand } from '../../extension/shared/pages/common';
import {
  joinLog,
  type RunPageEvents,
  type RunPageMethods,
  type RunPageState,
} from '../../extension/shared/pages/runPage';
import { changed, withSteps } from '../../extension/shared/runHistory';
import type { Changes } from '../../extension/shared/rpc';
import { Tabs, type TabItem } from '../components/Tabs';
import { Waiting } from '../components/Waiting';
import { useConnection, useKept } from '../page/connect';
import { t } from '../page/translate';
import { ChartsSection } from './ChartsSection';
import { CheckpointsSection } from './CheckpointsSection';
import { EnvironmentSection } from './EnvironmentSection';
import { LogSection } from './LogSection';
import { RunHeader } from './RunHeader';
import { SamplesSection } from './SamplesSection';
import { SettingsSection } from './SettingsSection';
import '../components/notice.css';
import '../components/tables.css';
import './run.css';

const changes: Changes<RunPageState, RunPageEvents> = {
  statusChanged: (state, status) => ({ ...state, status }),
  historyChanged: (state, change) => ({ ...state, history: changed(state.history, change) }),
  stepsRead: (state, steps) => ({
    ...state,
    isGlance: false,
    history: withSteps(state.history, steps),
  }),
  checkpointsChanged: (state, checkpoints) => ({ ...state, checkpoints }),
  scoresChanged: (state, scored) => ({ ...state, scored }),
  logChanged: (state, change) => ({ ...state, log: joinLog(state.log, change) }),
  goneChanged: (state, isGone) => ({ ...state, isGone }),
  trustGranted: (state) => ({ ...state, mayRun: true }),
};

export type RunCall = ReturnType<
  typeof useConnection<RunPageState, RunPageMethods, RunPageEvents>
>['call'];

export function RunPage(): VNode {
  const { state, problem, call } = useConnection<RunPageState, RunPageMethods, RunPageEvents>(
    changes,
  );
  const [section, setSection] = useKept('section', 'charts');
  if (state === undefined) return <Waiting problem={problem} />;
  const runCommand = (command: PageCommand, folder = state.folder): void => {
    void call('run', command, folder);
  };
  return (
    <>
      <RunHeader state={state} onRun={runCommand} />
      <Tabs label={t('Sections')} items={tabs(state)} chosen={section} onChoose={setSection}>
        <Section {...{ section, state, call, runCommand }} />
      </Tabs>
    </>
  );
}

function tabs({ history, checkpoints }: RunPageState): TabItem[] {
  return [
    { id: 'charts', text: t('Charts') },
    { id: 'samples', text: t('Samples'), count: history.samples.length },
    { id: 'checkpoints', text: t('Checkpoints'), count: checkpoints.length },
    { id: 'settings', text: t('Settings') },
    { id: 'environment', text: t('Environment') },
    { id: 'log', text: t('Log') },
  ];
}

interface SectionProps {
  section: string;
  state: RunPageState;
  call: RunCall;
  runCommand: (command: PageCommand, folder?: string) => void;
}

function Section({ section, state, call, runCommand }: SectionProps): VNode {
  switch (section) {
    case 'samples':
      return <SamplesSection samples={state.history.samples} />;
    case 'checkpoints':
      return <CheckpointsSection state={state} onRun={runCommand} />;
    case 'settings':
      return <SettingsSection rows={state.settings} />;
    case 'environment':
      return <EnvironmentSection state={state} onCopy={(text) => void call('copy', text)} />;
    case 'log':
      return (
        <LogSection
          log={state.log}
          onOpen={() => {
            runCommand('showLog');
          }}
        />
      );
    default:
      return <ChartsSection state={state} onSave={(file) => void call('save', file)} />;
  }
}

// The head of the page: which run, how it stands, what can be done, what went wrong.
import type { VNode } from 'preact';
import type { PageCommand } from '../../extension/shared/pages/common';
import type { RunPageState } from '../../extension/shared/pages/runPage';
import { runIcon, stateText } from '../../extension/shared/runWords';
import { Icon } from '../components/Icon';
import { Button } from '../components/toolkit';
import { t } from '../page/translate';
import {
  advice,
  problemText,
  progressParts,
  runActions,
  runTitle,
  trainedText,
  type RunAction,
} from './headerText';

interface RunHeaderProps {
  state: RunPageState;
  onRun: (command: PageCommand) => void;
}

export function RunHeader({ state, onRun }: RunHeaderProps): VNode {
  const { run, status } = state;
  const { icon, color } = runIcon(status.state);
  const words = stateText(status.state, t);
  const trained = trainedText(state, t);
  return (
    <header class="run-head">
      <div class="run-title">
        <h1>{runTitle(state)}</h1>
        <span class="run-state">
          <Icon name={icon.replace('~spin', ' codicon-modifier-spin')} color={color} /> {words}
        </span>
        <span class="visually-hidden" role="status">
          {t('The run is: {0}', words)}
        </span>
      </div>
      <p class="muted run-origin">
        {state.name === undefined ? '' : `${run.experiment} · `}
        {new Date(run.created).toLocaleString()} · <code>{run.id}</code>
        {trained !== undefined && ` · ${trained}`}
      </p>
      <Progress state={state} />
      <div class="toolbar">
        {runActions(state, state.mayRun).map((action) => (
          <Button
            key={action}
            icon={actionIcons[action]}
            onClick={() => {
              onRun(action);
            }}
          >
            {actionText(action)}
          </Button>
        ))}
      </div>
      <Problems state={state} />
    </header>
  );
}

function Progress({ state }: { state: RunPageState }): VNode {
  const { step, steps } = state.status;
  const share = steps === 0 ? 0 : Math.min(1, step / steps);
  const parts = progressParts(state, t);
  return (
    <div class="run-progress">
      <div
        class="bar"
        role="progressbar"
        aria-label={t('Training progress')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(100 * share)}
        aria-valuetext={parts[0]}
      >
        <div
          class="bar-part"
          data-state={state.status.state}
          style={{ width: `${100 * share}%` }}
        />
      </div>
      <p class="run-figures">{parts.join(' · ')}</p>
    </div>
  );
}

function Problems({ state }: { state: RunPageState }): VNode {
  const problem = problemText(state, t);
  const next = advice(state, t);
  const { warnings } = state.history;
  return (
    <>
      {state.isGone && (
        <p class="notice">
          <Icon name="info" color="editorInfo.foreground" />{' '}
          {t('The folder of this run is gone; what was read of it before is shown.')}
        </p>
      )}
      {problem !== undefined && (
        <div class="notice notice-error">
          <h2>
            <Icon name="error" color="errorForeground" /> {t('What went wrong')}
          </h2>
          <p>{problem}</p>
        </div>
      )}
      {next !== undefined && (
        <p class="notice">
          <Icon name="lightbulb" color="editorLightBulb.foreground" /> {next}
        </p>
      )}
      {warnings.length > 0 && (
        <div class="notice notice-warning">
          <h2>
            <Icon name="warning" color="editorWarning.foreground" />{' '}
            {warnings.length === 1 ? t('Warning') : t('{0} warnings', warnings.length)}
          </h2>
          <ul>
            {warnings.map(({ message, step }, index) => (
              <li key={index}>
                {message}
                {step !== undefined && <span class="muted"> {t('(step {0})', step)}</span>}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

const actionIcons: Record<RunAction, string> = {
  stop: 'debug-stop',
  resume: 'debug-continue',
  openSlopes: 'graph-scatter',
  evaluate: 'checklist',
  compare: 'diff-multiple',
  showLog: 'output',
  showProfile: 'dashboard',
  revealRunFolder: 'folder-opened',
};

function actionText(action: RunAction): string {
  const texts: Record<RunAction, string> = {
    stop: t('Stop'),
    resume: t('Resume'),
    openSlopes: t('Slopes'),
    evaluate: t('Evaluate'),
    compare: t('Compare'),
    showLog: t('Log'),
    showProfile: t('Profile'),
    revealRunFolder: t('Reveal Folder'),
  };
  return texts[action];
}

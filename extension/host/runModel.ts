// How one run reads: its name, the line beside it, its icon. Free of VS Code.
import type { TagsFile } from '../runs/tags';
import type { RunFile, StatusFile } from '../shared/run';
import type { RunState } from '../shared/runStates';
import { isActive, lossText } from '../shared/runWords';
import { agoText, durationText } from './timeText';
import type { Translate } from './translate';

export {
  isActive,
  lossText,
  methodText,
  runIcon,
  runLabel,
  signedText,
  stateText,
  variedText,
} from '../shared/runWords';

/** What the sidebar shows of a run folder without reading its events. */
export interface RunView {
  folder: string;
  run: RunFile;
  status: StatusFile;
  /** What the user says of it. */
  tags: TagsFile;
}

/** "loss 0.412 · 12 min left" */
export function runDescription({ status, run }: RunView, now: Date, t: Translate): string {
  const loss = status.loss === null ? [] : [t('loss {0}', lossText(status.loss))];
  switch (status.state) {
    case 'queued':
      return t('queued');
    case 'starting':
      return status.activity ?? t('starting');
    case 'running':
      return [...loss, leftText(status, t)].filter((part) => part !== '').join(' · ');
    case 'stopping':
      return [...loss, t('stopping')].join(' · ');
    case 'stopped':
      return [...loss, t('stopped at step {0}', status.step)].join(' · ');
    case 'failed':
      return t('failed at step {0}', status.step);
    case 'lost':
      return t('ended unexpectedly at step {0}', status.step);
    case 'done':
      return [...loss, agoText(endOf(status, run), now, t)].join(' · ');
  }
}

/** Menus ask for these words: `viewItem =~ /\bcanStop\b/`. */
export function runContext(state: RunState): string {
  const canStop = isActive(state) || state === 'queued';
  const canResume = state === 'stopped' || state === 'failed' || state === 'lost';
  return ['run', state, canStop ? 'canStop' : '', canResume ? 'canResume' : '']
    .filter((word) => word !== '')
    .join(' ');
}

function leftText(status: StatusFile, t: Translate): string {
  if (status.activity !== undefined && status.secondsLeft === null) return status.activity;
  return status.secondsLeft === null ? '' : t('{0} left', durationText(status.secondsLeft, t));
}

function endOf(status: StatusFile, run: RunFile): Date {
  const end = new Date(status.heartbeat);
  return Number.isNaN(end.getTime()) ? new Date(run.created) : end;
}

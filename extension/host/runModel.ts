// How one run reads: its name, the line beside it, its icon. Free of VS Code.
import type { TagsFile } from '../runs/tags';
import type { RunFile, StatusFile } from '../shared/run';
import type { RunState } from '../shared/runStates';
import { isActive, lossText, runLabel } from '../shared/runWords';
import { agoText, durationText } from '../shared/timeText';
import type { Translate } from '../shared/translate';

export {
  isActive,
  knownMethods,
  lossText,
  methodName,
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

/** The user's own name for it, else "DoRA r32 · seed 1". */
export function runTitle({ run, tags }: RunView): string {
  return tags.name ?? runLabel(run);
}

/** What stands beside the title: what it leaves out, the figures, the tags. */
export function runLine(
  view: RunView,
  context: { now: Date; t: Translate; isUnderExperiment: boolean },
): string {
  const { run, tags } = view;
  return [
    ...(context.isUnderExperiment ? [] : [run.experiment]),
    ...(tags.name === undefined ? [] : [runLabel(run)]),
    runDescription(view, context.now, context.t),
    ...tags.tags.map((tag) => `#${tag}`),
  ]
    .filter((part) => part !== '')
    .join(' · ');
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

/** Of a line in the sidebar; beyond `runContext` what can be done with its files. */
export function runItemContext({ run, status, tags }: RunView): string {
  return [
    runContext(status.state),
    tags.star ? 'starred' : 'unstarred',
    run.settings.method === 'full' ? 'model' : 'adapter',
    ...(status.step > 0 ? ['hasCheckpoints'] : []),
    ...(run.settings.diagnostics.profile > 0 ? ['profiled'] : []),
    ...(isActive(status.state) || status.state === 'queued' ? [] : ['ended']),
  ].join(' ');
}

function leftText(status: StatusFile, t: Translate): string {
  if (status.activity !== undefined && status.secondsLeft === null) return status.activity;
  return status.secondsLeft === null ? '' : t('{0} left', durationText(status.secondsLeft, t));
}

function endOf(status: StatusFile, run: RunFile): Date {
  const end = new Date(status.heartbeat);
  return Number.isNaN(end.getTime()) ? new Date(run.created) : end;
}

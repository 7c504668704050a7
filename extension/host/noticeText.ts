// The sentence that tells how runs ended, and what may be done next. Free of VS Code.
import type { Translate } from '../shared/translate';
import { lossText, runContext, runLabel, type RunView } from './runModel';
import type { EndedRuns } from './noticeBoard';

/** Commands of the extension, without its prefix. */
export type NoticeAction =
  'openRun' | 'openSlopes' | 'compare' | 'showLog' | 'resume' | 'runs.focus';

export interface Notice {
  isError: boolean;
  text: string;
  /** The most useful first. */
  actions: readonly NoticeAction[];
  /** What the actions are about. */
  folders: string[];
}

export function noticeOf({ done, failed }: EndedRuns, t: Translate): Notice | undefined {
  const [firstFailed] = failed;
  const [firstDone] = done;
  if (firstFailed !== undefined) return failureNotice(firstFailed, { done, failed }, t);
  return firstDone === undefined ? undefined : doneNotice(firstDone, done, t);
}

export function actionTitle(action: NoticeAction, t: Translate): string {
  const titles: Record<NoticeAction, string> = {
    openRun: t('Open Run'),
    openSlopes: t('Open Slopes'),
    compare: t('Compare'),
    showLog: t('Show Log'),
    resume: t('Resume'),
    'runs.focus': t('Show Runs'),
  };
  return titles[action];
}

function doneNotice(first: RunView, done: readonly RunView[], t: Translate): Notice {
  const folders = done.map(({ folder }) => folder);
  if (done.length > 1) {
    const text = t('{0} runs of {1} are done.', done.length, first.run.experiment);
    return { isError: false, text, actions: ['openSlopes', 'compare'], folders };
  }
  const { loss } = first.status;
  const name = nameOf(first);
  const text =
    loss === null ? t('{0} is done.', name) : t('{0} is done: loss {1}.', name, lossText(loss));
  return { isError: false, text, actions: ['openRun', 'openSlopes'], folders };
}

function failureNotice(first: RunView, { done, failed }: EndedRuns, t: Translate): Notice {
  const folders = failed.map(({ folder }) => folder);
  const isOne = failed.length === 1;
  const sentence = isOne
    ? failureText(first, t)
    : t(
        '{0} runs of {1} failed. The first, {2}: {3}',
        failed.length,
        first.run.experiment,
        runLabel(first.run),
        reasonOf(first, t),
      );
  const others =
    done.length === 1 ? t('1 other run is done.') : t('{0} others are done.', done.length);
  const text = done.length === 0 ? sentence : `${sentence} ${others}`;
  const canResume = runContext(first.status.state).includes('canResume');
  return {
    isError: true,
    text,
    actions: isOne
      ? ['showLog', 'openRun', ...(canResume ? (['resume'] as const) : [])]
      : ['runs.focus'],
    folders,
  };
}

function failureText(view: RunView, t: Translate): string {
  const { state, step } = view.status;
  return state === 'lost'
    ? t('{0} ended unexpectedly at step {1}; its checkpoints are kept.', nameOf(view), step)
    : t('{0} failed: {1}', nameOf(view), reasonOf(view, t));
}

function reasonOf({ status }: RunView, t: Translate): string {
  if (status.state === 'lost') return t('it ended unexpectedly at step {0}.', status.step);
  return status.failure?.message ?? t('see its log.');
}

function nameOf({ run }: RunView): string {
  return `${run.experiment} · ${runLabel(run)}`;
}

// The status bar's text and the sentence when a run ends. Free of VS Code.
import type { RunState } from '../shared/run';
import { isActive, lossText, methodText, runLabel, type RunView } from './runModel';
import { durationText } from './timeText';
import type { Translate } from './translate';

/** "DoRA r8 · loss 0.412 · 12 min left", "3 runs · 40 min left"; undefined when nothing runs. */
export function statusText(views: readonly RunView[], t: Translate): string | undefined {
  const active = views.filter(({ status }) => isActive(status.state));
  const [first] = active;
  if (first === undefined) return undefined;
  const left = Math.max(...active.map(({ status }) => status.secondsLeft ?? 0));
  const leftText = left > 0 ? [t('{0} left', durationText(left, t))] : [];
  if (active.length > 1) return [t('{0} runs', active.length), ...leftText].join(' · ');
  const { loss } = first.status;
  const lossPart = loss === null ? [] : [t('loss {0}', lossText(loss))];
  return [methodText(first.run.settings), ...lossPart, ...leftText].join(' · ');
}

export interface EndNotice {
  view: RunView;
  isError: boolean;
  text: string;
}

/** A run that was seen alive and now is not; stopping on request needs no notice. */
export function endNotice(
  before: RunState | undefined,
  view: RunView,
  t: Translate,
): EndNotice | undefined {
  if (before === undefined || !(isActive(before) || before === 'queued')) return undefined;
  const name = `${view.run.experiment} · ${runLabel(view.run)}`;
  const { state, failure, step, loss } = view.status;
  if (state === 'done') {
    const text =
      loss === null ? t('{0} is done.', name) : t('{0} is done: loss {1}.', name, lossText(loss));
    return { view, isError: false, text };
  }
  if (state === 'failed') {
    const text = t('{0} failed: {1}', name, failure?.message ?? t('see its log.'));
    return { view, isError: true, text };
  }
  if (state === 'lost') {
    const text = t('{0} ended unexpectedly at step {1}; its checkpoints are kept.', name, step);
    return { view, isError: true, text };
  }
  return undefined;
}

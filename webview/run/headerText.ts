// What the head of the page says of a run.
import { amountText, percentText } from '../../extension/shared/amounts';
import type { RunPageState } from '../../extension/shared/pages/runPage';
import { activeStates, type RunState } from '../../extension/shared/runStates';
import { lossText, runLabel } from '../../extension/shared/runWords';
import { durationText } from '../../extension/shared/timeText';
import { addedValues, trainableShare } from '../../extension/shared/trainableShare';
import type { Translate } from '../../extension/shared/translate';
import { figureText } from '../charts/ticks';

type Shown = Pick<RunPageState, 'run' | 'name' | 'status' | 'checkpoints'>;

/** "starter · DoRA r16 · seed 1", or the name that the user gave. */
export function runTitle({ run, name }: Pick<Shown, 'run' | 'name'>): string {
  return name ?? `${run.experiment} · ${runLabel(run)}`;
}

/** How much is trained, as the paper counts it: "56.9 M trained, 0.84 %"; undefined for runs that do not say. */
export function trainedText({ run }: Pick<Shown, 'run'>, t: Translate): string | undefined {
  const { trainable, parameters, settings } = run;
  if (trainable === undefined || parameters === undefined) return undefined;
  const added = addedValues(settings.method, trainable, run.added);
  const share = trainableShare({ trainable, added, parameters });
  return t('{0} trained, {1}', amountText(trainable), percentText(share));
}

export function isActive(state: RunState): boolean {
  return activeStates.includes(state);
}

/** The parts beside the progress bar. */
export function progressParts({ status }: Shown, t: Translate): string[] {
  const { step, steps, loss, tokensPerSecond, secondsLeft, activity } = status;
  const isAtWork = isActive(status.state);
  return [
    steps === 0 ? t('Step {0}', figureText(step)) : t('Step {0} of {1}', step, steps),
    ...(loss === null ? [] : [t('loss {0}', lossText(loss))]),
    ...(tokensPerSecond === null
      ? []
      : [t('{0} tokens/s', figureText(Math.round(tokensPerSecond)))]),
    ...(secondsLeft === null || !isAtWork ? [] : [t('{0} left', durationText(secondsLeft, t))]),
    ...(activity === undefined || !isAtWork ? [] : [activity]),
  ];
}

/** What to do about a run that ended without being done; undefined for others. */
export function advice({ status, checkpoints }: Shown, t: Translate): string | undefined {
  if (!['failed', 'lost', 'stopped'].includes(status.state)) return undefined;
  const last = checkpoints.at(-1);
  return last === undefined
    ? t('There is no checkpoint: Resume begins again.')
    : t('Resume goes on from its checkpoint at step {0}.', last.step);
}

/** Why a run is no longer at work, in a sentence. */
export function problemText({ status }: Shown, t: Translate): string | undefined {
  if (status.state === 'failed') {
    return status.failure?.message ?? t('The run failed without saying why; see its log.');
  }
  if (status.state === 'lost') {
    return t(
      'The trainer is gone without a word: the machine was restarted, or something ended its process (often for want of memory).',
    );
  }
  return undefined;
}

function isProfiled({ settings }: Shown['run']): boolean {
  return settings.diagnostics.profile > 0;
}

export type RunAction =
  | 'stop'
  | 'resume'
  | 'openSlopes'
  | 'evaluate'
  | 'compare'
  | 'showLog'
  | 'showProfile'
  | 'revealRunFolder';

/** What can be done with a run in its state. */
export function runActions({ run, status, checkpoints }: Shown, mayRun: boolean): RunAction[] {
  const { state } = status;
  const canStop = isActive(state) || state === 'queued';
  const canResume = state === 'stopped' || state === 'failed' || state === 'lost';
  return [
    ...(canStop ? (['stop'] as const) : []),
    ...(canResume && mayRun ? (['resume'] as const) : []),
    'openSlopes',
    ...(checkpoints.length > 0 && mayRun ? (['evaluate'] as const) : []),
    'compare',
    'showLog',
    ...(isProfiled(run) ? (['showProfile'] as const) : []),
    'revealRunFolder',
  ];
}

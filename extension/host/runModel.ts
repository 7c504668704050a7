// How one run reads: its name, the line beside it, its icon. Free of VS Code.
import type { ExperimentSettings, Method } from '../shared/experiment';
import type { RunFile, StatusFile } from '../shared/run';
import { activeStates, type RunState } from '../shared/runStates';
import { agoText, durationText } from './timeText';
import type { Translate } from './translate';

/** What the sidebar shows of a run folder without reading its events. */
export interface RunView {
  folder: string;
  run: RunFile;
  status: StatusFile;
}

const methodNames: Record<Method, string> = {
  full: 'FT',
  lora: 'LoRA',
  dora: 'DoRA',
  qlora: 'QLoRA',
  qdora: 'QDoRA',
  vera: 'VeRA',
  dvora: 'DVoRA',
  adalora: 'AdaLoRA',
};

export function isActive(state: RunState): boolean {
  return activeStates.includes(state);
}

/** "DoRA r32", "FT" */
export function methodText(settings: ExperimentSettings): string {
  const name = methodNames[settings.method];
  return settings.method === 'full' ? name : `${name} r${settings.adapter.rank}`;
}

/** What tells this run from its neighbours: the grid's settings but for method and rank, "learningRate 1e-4". */
export function variedText(run: RunFile): string {
  return Object.entries(run.varied)
    .filter(([setting]) => setting !== 'method' && setting !== 'adapter.rank')
    .map(([setting, value]) => `${setting.split('.').at(-1) ?? setting} ${String(value)}`)
    .join(', ');
}

/** "DoRA r32 · seed 1" */
export function runLabel(run: RunFile): string {
  return [methodText(run.settings), variedText(run)].filter((part) => part !== '').join(' · ');
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

/** Codicon and theme colour by state. */
export function runIcon(state: RunState): { icon: string; color: string } {
  const icons: Record<RunState, { icon: string; color: string }> = {
    queued: { icon: 'clock', color: 'descriptionForeground' },
    starting: { icon: 'loading~spin', color: 'charts.blue' },
    running: { icon: 'loading~spin', color: 'charts.blue' },
    stopping: { icon: 'loading~spin', color: 'charts.yellow' },
    stopped: { icon: 'debug-pause', color: 'charts.yellow' },
    done: { icon: 'pass', color: 'charts.green' },
    failed: { icon: 'error', color: 'charts.red' },
    lost: { icon: 'question', color: 'charts.orange' },
  };
  return icons[state];
}

/** Menus ask for these words: `viewItem =~ /\bcanStop\b/`. */
export function runContext(state: RunState): string {
  const canStop = isActive(state) || state === 'queued';
  const canResume = state === 'stopped' || state === 'failed' || state === 'lost';
  return ['run', state, canStop ? 'canStop' : '', canResume ? 'canResume' : '']
    .filter((word) => word !== '')
    .join(' ');
}

export function stateText(state: RunState, t: Translate): string {
  const words: Record<RunState, string> = {
    queued: t('Queued'),
    starting: t('Starting'),
    running: t('Running'),
    stopping: t('Stopping'),
    stopped: t('Stopped'),
    done: t('Done'),
    failed: t('Failed'),
    lost: t('Ended unexpectedly'),
  };
  return words[state];
}

export function lossText(loss: number): string {
  return loss.toFixed(3);
}

/** With a true minus sign, as in print. */
export function signedText(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}

function leftText(status: StatusFile, t: Translate): string {
  if (status.activity !== undefined && status.secondsLeft === null) return status.activity;
  return status.secondsLeft === null ? '' : t('{0} left', durationText(status.secondsLeft, t));
}

function endOf(status: StatusFile, run: RunFile): Date {
  const end = new Date(status.heartbeat);
  return Number.isNaN(end.getTime()) ? new Date(run.created) : end;
}

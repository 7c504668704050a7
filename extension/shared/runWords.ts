// How a run reads wherever it is shown, in the sidebar and on pages: method, state, figures.
import type { ExperimentSettings } from './experiment';
import type { Method } from './methods';
import type { RunFile } from './run';
import { activeStates, type RunState } from './runStates';
import type { Translate } from './translate';

export const methodNames: Record<Method, string> = {
  full: 'FT',
  lora: 'LoRA',
  dora: 'DoRA',
  qlora: 'QLoRA',
  qdora: 'QDoRA',
  vera: 'VeRA',
  dvora: 'DVoRA',
  adalora: 'AdaLoRA',
};

/** In the order of the schema. */
export const knownMethods = Object.keys(methodNames) as readonly Method[];

export function isActive(state: RunState): boolean {
  return activeStates.includes(state);
}

/** "DoRA", "FT" */
export function methodName(method: Method): string {
  return methodNames[method];
}

/** "DoRA r32", "FT" */
export function methodText(settings: ExperimentSettings): string {
  const name = methodName(settings.method);
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

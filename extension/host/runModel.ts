// How one run reads: its name, the line beside it, its icon, its tooltip. Free of VS Code.
import { activeStates, type RunFile, type RunState, type StatusFile } from '../shared/run';
import { alphaOf, type ExperimentSettings, type Method } from '../shared/experiment';
import type { RunDetails } from './runDetails';
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

export interface TooltipContext {
  now: Date;
  t: Translate;
}

/** The tooltip: state, why it failed, last figures, key settings, accuracies. */
export function runTooltip(view: RunView, details: RunDetails, context: TooltipContext): string {
  const { run, status } = view;
  const { now, t } = context;
  const failure = status.failure === undefined ? [] : [escapeMarkdown(status.failure.message)];
  const warnings = details.warnings.slice(-2).map((text) => `$(warning) ${escapeMarkdown(text)}`);
  return [
    `**${escapeMarkdown(run.experiment)}** · ${escapeMarkdown(runLabel(run))}`,
    `${stateText(status.state, t)} · ${agoText(new Date(run.created), now, t)}`,
    ...failure,
    ...warnings,
    table([...figures(status, t), ...keySettings(run.settings, t), ...accuracyRows(details, t)]),
    `\`${run.id}\``,
  ].join('\n\n');
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

function figures(status: StatusFile, t: Translate): [string, string][] {
  const rows: [string, string][] = [];
  const steps = status.steps === 0 ? `${status.step}` : `${status.step} / ${status.steps}`;
  rows.push([t('Step'), steps]);
  if (status.loss !== null) rows.push([t('Loss'), lossText(status.loss)]);
  if (status.tokensPerSecond !== null) {
    rows.push([t('Tokens per second'), status.tokensPerSecond.toFixed(0)]);
  }
  if (isActive(status.state) && status.secondsLeft !== null) {
    rows.push([t('Time left'), durationText(status.secondsLeft, t)]);
  }
  return rows;
}

function keySettings(settings: ExperimentSettings, t: Translate): [string, string][] {
  const { training, adapter } = settings;
  const rows: [string, string][] = [[t('Model'), settings.model]];
  if (settings.method !== 'full') {
    rows.push([t('Rank, alpha'), `${adapter.rank}, ${alphaOf(adapter)}`]);
  }
  rows.push([t('Learning rate'), `${training.learningRate} · ${training.schedule}`]);
  rows.push([t('Batch'), `${training.batchSize} × ${training.accumulation}`]);
  rows.push([t('Seed'), `${training.seed}`]);
  return rows;
}

function accuracyRows(details: RunDetails, t: Translate): [string, string][] {
  return details.accuracies.map(({ task, accuracy, n }) => [
    task,
    t('{0} % of {1}', (accuracy * 100).toFixed(1), n),
  ]);
}

function table(rows: [string, string][]): string {
  const lines = rows.map(
    ([name, value]) => `| ${escapeMarkdown(name)} | ${escapeMarkdown(value)} |`,
  );
  return ['| | |', '|:--|:--|', ...lines].join('\n');
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>$~]/g, '\\$&');
}

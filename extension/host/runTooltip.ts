// What a run tells on hover, as Markdown. Free of VS Code.
import { alphaOf, type ExperimentSettings } from '../shared/experiment';
import type { StatusFile } from '../shared/run';
import type { RunDetails } from './runDetails';
import { isActive, lossText, runLabel, stateText, type RunView } from './runModel';
import { agoText, durationText } from './timeText';
import type { Translate } from './translate';

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
    `${stateText(status.state, t)} · ${t('started {0}', agoText(new Date(run.created), now, t))}`,
    ...failure,
    ...warnings,
    table([...figures(status, t), ...keySettings(run.settings, t), ...accuracyRows(details, t)]),
    `\`${run.id}\``,
  ].join('\n\n');
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

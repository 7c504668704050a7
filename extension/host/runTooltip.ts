// What a run and a checkpoint tell on hover, as Markdown. Free of VS Code.
import { alphaOf, type ExperimentSettings } from '../shared/experiment';
import { agoText, durationText, sizeText } from '../shared/timeText';
import type { Translate } from '../shared/translate';
import { escapeMarkdown } from './markdownText';
import { bestText, type CheckpointView, type RunDetails } from './runDetails';
import {
  isActive,
  lossText,
  runLabel,
  runTitle,
  signedText,
  stateText,
  type RunView,
} from './runModel';
import { dataUri, sparkline, type SparklineInk } from './sparkline';

export interface TooltipContext {
  now: Date;
  t: Translate;
  ink: SparklineInk;
}

type Row = [name: string, value: string];

/** State, why it failed, the loss curve, last figures, key settings, accuracies, what the user says of it. */
export function runTooltip(view: RunView, details: RunDetails, context: TooltipContext): string {
  const { run, status, tags } = view;
  const { now, t } = context;
  const failure = status.failure === undefined ? [] : [escapeMarkdown(status.failure.message)];
  const warnings = details.warnings.slice(-2).map((text) => `$(warning) ${escapeMarkdown(text)}`);
  const star = tags.star ? '$(star-full) ' : '';
  const label = tags.name === undefined ? [] : [escapeMarkdown(runLabel(run))];
  const words = tags.tags.map((tag) => `$(tag) ${escapeMarkdown(tag)}`).join(' ');
  const notes = tags.notes === '' ? [] : [quote(tags.notes)];
  const line = [
    ...label,
    stateText(status.state, t),
    t('started {0}', agoText(new Date(run.created), now, t)),
  ].join(' · ');
  return [
    `${star}**${escapeMarkdown(runTitle(view))}** · ${escapeMarkdown(run.experiment)}  \n${line}`,
    ...failure,
    ...warnings,
    ...(words === '' ? [] : [words]),
    ...notes,
    ...picture(details, context),
    table([...figures(view, details, t), ...keySettings(run.settings, t)]),
    `\`${run.id}\``,
  ].join('\n\n');
}

export function checkpointTooltip(checkpoint: CheckpointView, t: Translate): string {
  const { loss, validationLoss, slope, step, sizeBytes, folder } = checkpoint;
  const best = bestText(checkpoint, t);
  const rows: Row[] = [];
  if (validationLoss !== null) rows.push([t('Validation loss'), lossText(validationLoss)]);
  if (loss !== null) rows.push([t('Training loss'), lossText(loss)]);
  if (slope !== null) rows.push([t('Slope ΔM on ΔD'), signedText(slope)]);
  rows.push([t('Size'), sizeText(sizeBytes)]);
  return [
    `**${t('Step {0}', step)}**`,
    ...(best === undefined ? [] : [`$(verified-filled) ${t('Best: {0}', best)}`]),
    table(rows),
    `\`${folder.replace(/`/g, '')}\``,
  ].join('\n\n');
}

function picture({ losses, validationLosses }: RunDetails, { ink, t }: TooltipContext): string[] {
  const legend = { training: t('loss'), validation: t('on validation data') };
  const svg = sparkline({ training: losses, validation: validationLosses }, { ink, legend });
  const [first, last] = [losses[0], losses.at(-1)];
  if (svg === undefined || first === undefined || last === undefined) return [];
  const text = t(
    'Loss from {0} at step {1} to {2} at step {3}',
    ...[lossText(first.loss), first.step, lossText(last.loss), last.step],
  );
  return [`![${escapeMarkdown(text)}](${dataUri(svg)})`];
}

function figures({ status }: RunView, details: RunDetails, t: Translate): Row[] {
  const rows: Row[] = [];
  const steps = status.steps === 0 ? `${status.step}` : `${status.step} / ${status.steps}`;
  rows.push([t('Step'), steps]);
  if (status.loss !== null) rows.push([t('Loss'), lossText(status.loss)]);
  const last = details.checkpoints.at(-1);
  if (last !== undefined && last.slope !== null) {
    rows.push([t('Slope ΔM on ΔD'), `${signedText(last.slope)} (${t('step {0}', last.step)})`]);
  }
  if (details.accuracies.length > 0) rows.push([t('Accuracy'), accuracyText(details, t)]);
  if (status.tokensPerSecond !== null) {
    rows.push([t('Tokens per second'), status.tokensPerSecond.toFixed(0)]);
  }
  if (isActive(status.state) && status.secondsLeft !== null) {
    rows.push([t('Time left'), durationText(status.secondsLeft, t)]);
  }
  return rows;
}

function keySettings(settings: ExperimentSettings, t: Translate): Row[] {
  const { training, adapter } = settings;
  const rows: Row[] = [[t('Model'), settings.model]];
  if (settings.method !== 'full') {
    rows.push([t('Rank, alpha'), `${adapter.rank}, ${alphaOf(adapter)}`]);
  }
  rows.push([t('Learning rate'), `${training.learningRate} · ${training.schedule}`]);
  const batch = `${training.batchSize} × ${training.accumulation}`;
  rows.push([t('Batch, seed'), `${batch}, ${training.seed}`]);
  return rows;
}

/** "facts 98.4 %, quiz 100.0 %" */
function accuracyText({ accuracies }: RunDetails, t: Translate): string {
  return accuracies
    .map(({ task, accuracy }) => t('{0} {1} %', task, (accuracy * 100).toFixed(1)))
    .join(', ');
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(
    ([name, value]) => `| ${escapeMarkdown(name)} | ${escapeMarkdown(value)} |`,
  );
  return ['| | |', '|:--|:--|', ...lines].join('\n');
}

/** The user's own lines, as they wrote them. */
function quote(notes: string): string {
  return notes
    .trim()
    .split('\n')
    .map((line) => `> ${escapeMarkdown(line)}  `)
    .join('\n');
}

// What a run and a checkpoint tell on hover, as Markdown. Free of VS Code.
import { alphaOf, type ExperimentSettings } from '../shared/experiment';
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
import { agoText, durationText, sizeText } from './timeText';
import type { Translate } from './translate';

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
  return [
    `${star}**${escapeMarkdown(runTitle(view))}** · ${escapeMarkdown(run.experiment)}`,
    [
      ...label,
      stateText(status.state, t),
      t('started {0}', agoText(new Date(run.created), now, t)),
    ].join(' · '),
    ...failure,
    ...warnings,
    ...(words === '' ? [] : [words]),
    ...notes,
    ...picture(details, context),
    table([
      ...figures(view, details, t),
      ...keySettings(run.settings, t),
      ...accuracyRows(details, t),
    ]),
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
  const svg = sparkline({ training: losses, validation: validationLosses }, ink);
  const [first, last] = [losses[0], losses.at(-1)];
  if (svg === undefined || first === undefined || last === undefined) return [];
  const text = t(
    'Loss from {0} at step {1} to {2} at step {3}',
    ...[lossText(first.loss), first.step, lossText(last.loss), last.step],
  );
  const dashed = validationLosses.length > 0 ? t('dashed: on validation data') : '';
  return [`![${escapeMarkdown(text)}](${dataUri(svg)})`, ...(dashed === '' ? [] : [dashed])];
}

function figures({ status }: RunView, { checkpoints }: RunDetails, t: Translate): Row[] {
  const rows: Row[] = [];
  const steps = status.steps === 0 ? `${status.step}` : `${status.step} / ${status.steps}`;
  rows.push([t('Step'), steps]);
  if (status.loss !== null) rows.push([t('Loss'), lossText(status.loss)]);
  const last = checkpoints.at(-1);
  if (last !== undefined && last.slope !== null) {
    rows.push([t('Slope ΔM on ΔD'), `${signedText(last.slope)} (${t('step {0}', last.step)})`]);
  }
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
  rows.push([t('Batch'), `${training.batchSize} × ${training.accumulation}`]);
  rows.push([t('Seed'), `${training.seed}`]);
  return rows;
}

function accuracyRows(details: RunDetails, t: Translate): Row[] {
  return details.accuracies.map(({ task, accuracy, n }) => [
    task,
    t('{0} % of {1}', (accuracy * 100).toFixed(1), n),
  ]);
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

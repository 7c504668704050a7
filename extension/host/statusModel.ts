// What the status bar tells of the runs at work. Free of VS Code.
import { durationText } from '../shared/timeText';
import type { Translate } from '../shared/translate';
import { escapeMarkdown } from './markdownText';
import { isActive, lossText, methodText, runLabel, type RunView } from './runModel';

export interface WorkStatus {
  /** "DoRA r8 · loss 0.412 · 12 min left", "3 runs · 40 min left · 2 queued" */
  text: string;
  /** Markdown. */
  tooltip: string;
  /** The one to open on a click; undefined when several run. */
  folder: string | undefined;
}

const barCells = 10;
const largestShown = 8;

/** Undefined when nothing runs. */
export function workStatus(views: readonly RunView[], t: Translate): WorkStatus | undefined {
  const active = views.filter(({ status }) => isActive(status.state));
  const [first] = active;
  if (first === undefined) return undefined;
  const queued = views.filter(({ status }) => status.state === 'queued').length;
  const queuedParts = queued > 0 ? [t('{0} queued', queued)] : [];
  const left = Math.max(...active.map(({ status }) => status.secondsLeft ?? 0));
  const leftParts = left > 0 ? [t('{0} left', durationText(left, t))] : [];
  const parts =
    active.length > 1
      ? [t('{0} runs', active.length), ...leftParts]
      : [methodText(first.run.settings), ...doingParts(first, t), ...leftParts];
  return {
    text: [...parts, ...queuedParts].join(' · '),
    tooltip: tooltip(active, queued, t),
    folder: active.length === 1 ? first.folder : undefined,
  };
}

function doingParts({ status }: RunView, t: Translate): string[] {
  if (status.loss !== null) return [t('loss {0}', lossText(status.loss))];
  return [status.activity ?? t('starting')];
}

function tooltip(active: readonly RunView[], queued: number, t: Translate): string {
  const rows = active.slice(0, largestShown).map((view) => runLines(view, t));
  const more = active.length - rows.length;
  return [
    ...rows,
    ...(more > 0 ? [t('{0} more', more)] : []),
    ...(queued > 0 ? [`$(clock) ${t('{0} queued', queued)}`] : []),
    active.length === 1 ? t('Click to open the run.') : t('Click to show the runs.'),
  ].join('\n\n');
}

/** Name; bar, share and step; loss, time left, what it is doing. */
function runLines({ run, status }: RunView, t: Translate): string {
  const name = `**${escapeMarkdown(run.experiment)}** · ${escapeMarkdown(runLabel(run))}`;
  const facts = [
    ...(status.loss === null ? [] : [t('loss {0}', lossText(status.loss))]),
    ...(status.secondsLeft === null ? [] : [t('{0} left', durationText(status.secondsLeft, t))]),
    ...(status.activity === undefined ? [] : [escapeMarkdown(status.activity)]),
    ...(status.state === 'stopping' ? [t('stopping')] : []),
  ].join(' · ');
  return [name, ...progress(status.step, status.steps, t), ...(facts === '' ? [] : [facts])].join(
    '  \n',
  );
}

function progress(step: number, steps: number, t: Translate): string[] {
  if (steps === 0) return [];
  const share = Math.min(1, step / steps);
  const full = Math.round(share * barCells);
  const bar = '█'.repeat(full) + '░'.repeat(barCells - full);
  return [
    `\`${bar}\` ${t('{0} %', Math.floor(share * 100))} · ${t('step {0} of {1}', step, steps)}`,
  ];
}

// The newest runs of an experiment in one faint line beside its method, and what a hover there tells. Free of VS Code.
import type { ThemeKind } from '../../shared/slopes/pictureColors';
import { pictureColors } from '../../shared/slopes/pictureColors';
import { slopeSvg } from '../../shared/slopes/slopeSvg';
import { agoText } from '../../shared/timeText';
import type { Translate } from '../../shared/translate';
import { escapeMarkdown } from '../markdownText';
import { isActive, lossText, runLabel, signedText, stateText, type RunView } from '../runModel';
import { placeOf, type Outline, type Path } from './outline';
import type { RunOutcome } from './runOutcome';

export interface ToldRun {
  view: RunView;
  outcome: RunOutcome;
}

export interface NoteContext {
  now: Date;
  t: Translate;
}

const mostRunsInNote = 4;
const mostRunsInPicture = 4;
/** A hover shows a quarter of a window's height without scrolling. */
const picture = { width: 340, plotHeight: 140, legendHeight: 16 };

/** Where the note stands: the method, or what the grid makes of it; the model where neither is named. */
export function notePath(outline: Outline): Path | undefined {
  return placeOf(outline, 'method') ?? placeOf(outline, 'model');
}

/** "DoRA r16: loss 0.412 · 78.4 % · slope +0.03, 2 h ago"; empty without runs. */
export function noteText(runs: readonly ToldRun[], { now, t }: NoteContext): string {
  const [first] = runs;
  if (first === undefined) return '';
  const ended = new Date(Math.max(...runs.map(({ view }) => endMs(view))));
  const isRunning = runs.some(({ view }) => isActive(view.status.state));
  const when = isRunning ? '' : `, ${agoText(ended, now, t)}`;
  if (runs.length === 1) {
    return `${runLabel(first.view.run)}: ${figures(first, t).join(' · ')}${when}`;
  }
  const parts = runs.slice(0, mostRunsInNote).map((run) => {
    const [main = ''] = shortFigures(run, t);
    return `${runLabel(run.view.run)} ${main}`;
  });
  const others = runs.length - mostRunsInNote;
  if (others > 0) parts.push(t('{0} more', others));
  return `${parts.join(' · ')}${when}`;
}

function figures({ view, outcome }: ToldRun, t: Translate): string[] {
  const { status } = view;
  const parts: string[] = [];
  if (status.state !== 'done') parts.push(stateOf(view, t));
  if (status.loss !== null) parts.push(t('loss {0}', lossText(status.loss)));
  const accuracy = meanAccuracy(outcome);
  if (accuracy !== undefined) parts.push(accuracyText(accuracy));
  const slope = outcome.fit?.slope ?? null;
  if (slope !== null) parts.push(t('slope {0}', signedText(slope)));
  return parts;
}

/** The figure that says most. */
function shortFigures({ view, outcome }: ToldRun, t: Translate): string[] {
  if (view.status.state !== 'done') return [stateOf(view, t)];
  const accuracy = meanAccuracy(outcome);
  if (accuracy !== undefined) return [accuracyText(accuracy)];
  return view.status.loss === null ? [] : [t('loss {0}', lossText(view.status.loss))];
}

function stateOf({ status }: RunView, t: Translate): string {
  if (status.state === 'running') return t('step {0} of {1}', status.step, status.steps);
  return stateText(status.state, t).toLowerCase();
}

function meanAccuracy({ accuracies }: RunOutcome): number | undefined {
  if (accuracies.length === 0) return undefined;
  return accuracies.reduce((sum, { accuracy }) => sum + accuracy, 0) / accuracies.length;
}

function accuracyText(accuracy: number): string {
  return `${(100 * accuracy).toFixed(1)} %`;
}

export interface HoverContext extends NoteContext {
  theme: ThemeKind;
  /** Without `adapterLab.`, on a run's folder. */
  links: readonly { command: string; title: string }[];
}

/** Markdown: figures of each run with its links, and the scatter of their slopes. */
export function noteHover(runs: readonly ToldRun[], context: HoverContext): string {
  const { t, theme } = context;
  const drawn = runs.filter(({ outcome }) => outcome.points.length > 0).slice(0, mostRunsInPicture);
  const parts = [runs.map((run) => runLine(run, context)).join('  \n')];
  if (drawn.length > 0) {
    parts.push(`![${t('Magnitude change against direction change')}](${pictureOf(drawn, theme)})`);
    parts.push(
      t(
        'Each point is a module: how far its direction turned (across) and its magnitude changed (up). Full fine-tuning slopes down, LoRA up.',
      ),
    );
  }
  return parts.join('\n\n');
}

function runLine(run: ToldRun, { t, links, now }: HoverContext): string {
  const { view } = run;
  const told = figures(run, t).map(escapeMarkdown).join(' · ');
  const ago = isActive(view.status.state) ? '' : `, ${agoText(new Date(endMs(view)), now, t)}`;
  const given = encodeURIComponent(JSON.stringify([view.folder]));
  const linked = links.map(
    ({ command, title }) => `[${title}](command:adapterLab.${command}?${given})`,
  );
  return `${escapeMarkdown(runLabel(view.run))}: ${told}${ago} — ${linked.join(' · ')}`;
}

/** A data address: what a hover may show without a file. */
function pictureOf(runs: readonly ToldRun[], theme: ThemeKind): string {
  const svg = slopeSvg({
    width: picture.width,
    height: picture.plotHeight + picture.legendHeight * runs.length,
    colors: pictureColors[theme],
    runs: runs.map(({ view, outcome }) => ({
      label: runLabel(view.run),
      points: outcome.points,
      fit: outcome.fit,
    })),
  });
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}

function endMs({ status, run }: RunView): number {
  const end = Date.parse(status.heartbeat);
  return Number.isNaN(end) ? Date.parse(run.created) : end;
}

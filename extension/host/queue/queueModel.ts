// How the queue reads: what runs, then what waits, in order. Free of VS Code.
import type { Translate } from '../../shared/translate';
import { isActive, runContext, runDescription, runIcon, runLabel, type RunView } from '../runModel';
import type { TreeLine } from '../treeLine';

/** The queue with its runs, as one look at the disk gave it. */
export interface QueueContent {
  paused: boolean;
  /** Runs at a time. */
  parallel: number;
  running: readonly RunView[];
  /** The next one first. */
  waiting: readonly RunView[];
}

export const emptyQueue: QueueContent = { paused: false, parallel: 1, running: [], waiting: [] };

export interface QueueNode {
  /** Commands on runs take it as one. */
  kind: 'run';
  id: string;
  view: RunView;
  /** From 1; undefined for one that runs. */
  place: number | undefined;
  isLast: boolean;
}

export function queueNodes({ running, waiting }: QueueContent): QueueNode[] {
  return [
    ...running.map((view) => nodeOf(view, undefined, false)),
    ...waiting.map((view, index) => nodeOf(view, index + 1, index === waiting.length - 1)),
  ];
}

function nodeOf(view: RunView, place: number | undefined, isLast: boolean): QueueNode {
  return { kind: 'run', id: `queue:${view.folder}`, view, place, isLast };
}

export function queueLine(node: QueueNode, now: Date, t: Translate): TreeLine {
  return node.place === undefined ? runningLine(node, now, t) : waitingLine(node, node.place, t);
}

/** "DoRA r8", "40 % · loss 0.412 · 12 min left · boolq" */
function runningLine({ view }: QueueNode, now: Date, t: Translate): TreeLine {
  const label = runLabel(view.run);
  const { state } = view.status;
  // Taken from the queue a moment ago.
  const isTaken = state === 'queued';
  const figures = isTaken ? t('starts') : runDescription(view, now, t);
  const parts = [shareText(view, t), figures, view.run.experiment];
  const description = parts.filter((part) => part !== '').join(' · ');
  return {
    label,
    description,
    spoken: `${label}, ${description}`,
    tooltip: view.folder,
    ...runIcon(isTaken ? 'starting' : state),
    context: runContext(isTaken ? 'starting' : state),
  };
}

/** "1st · DoRA r8", "waits · boolq" */
function waitingLine({ view, isLast }: QueueNode, place: number, t: Translate): TreeLine {
  const label = `${ordinalText(place, t)} · ${runLabel(view.run)}`;
  const { step } = view.status;
  const waits = step > 0 ? t('goes on after step {0}', step) : t('waits');
  const description = `${waits} · ${view.run.experiment}`;
  const moves = [...(place > 1 ? ['canMoveUp'] : []), ...(isLast ? [] : ['canMoveDown'])];
  return {
    label,
    description,
    spoken: `${label}, ${description}`,
    tooltip: view.folder,
    ...runIcon('queued'),
    context: [runContext('queued'), 'waiting', ...moves].join(' '),
  };
}

function shareText({ status }: RunView, t: Translate): string {
  if (!isActive(status.state) || status.steps === 0) return '';
  return t('{0} %', Math.floor((100 * status.step) / status.steps));
}

/** "1st", "12th", "23rd" */
export function ordinalText(place: number, t: Translate): string {
  const isTeen = place % 100 >= 11 && place % 100 <= 13;
  switch (isTeen ? 0 : place % 10) {
    case 1:
      return t('{0}st', place);
    case 2:
      return t('{0}nd', place);
    case 3:
      return t('{0}rd', place);
    default:
      return t('{0}th', place);
  }
}

/** Above the list; undefined when there is nothing to say. */
export function queueMessage({ paused, waiting, running }: QueueContent, t: Translate) {
  if (!paused || (waiting.length === 0 && running.length === 0)) return undefined;
  return running.length > 0
    ? t('Paused: what runs goes on, what waits does not start.')
    : t('Paused: nothing starts until you resume the queue.');
}

/** Beside the view's title: "paused · 3 wait". */
export function queueSummary({ paused, waiting }: QueueContent, t: Translate): string {
  return [
    ...(paused ? [t('paused')] : []),
    ...(waiting.length === 0
      ? []
      : [waiting.length === 1 ? t('1 waits') : t('{0} wait', waiting.length)]),
  ].join(' · ');
}

/** Folders of what was dropped, from the text that a tree gave for it: run folders, or nodes that have one. */
export function droppedFolders(text: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  return (Array.isArray(value) ? value : [value]).flatMap(folderOf);
}

function folderOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const { view, folder } = value as { view?: { folder?: unknown }; folder?: unknown };
  const found = view?.folder ?? folder;
  return typeof found === 'string' ? [found] : [];
}

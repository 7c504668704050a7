// What an inspection found out, as short notes inside the lines of the settings that it is about. Free of VS Code.
import {
  countedOf,
  type InspectedFile,
  type InspectedRun,
  type Inspection,
} from '../../shared/inspection';
import { durationText } from '../../shared/timeText';
import { trainableShare } from '../../shared/trainableShare';
import type { Translate } from '../../shared/translate';
import { amountRangeText, amountText, percentText, sizeRangeText } from '../../shared/amounts';
import { gridOf, nodeAt, spanOf, type Outline, type Path } from './outline';

export interface Hint {
  /** The hint follows this character. */
  offset: number;
  text: string;
  tooltip: string;
}

/** With what is said where there is no room for all of it. */
interface LongHint extends Hint {
  short: string;
}

/** VS Code's own limit for the hints of a line, editor.inlayHints.maximumLength: more is cut off. */
const lineLength = 43;

interface Context {
  outline: Outline;
  inspection: Inspection;
  t: Translate;
}

export function hintsOf(outline: Outline, inspection: Inspection, t: Translate): Hint[] {
  const context = { outline, inspection, t };
  const hints = [
    modelHint(context),
    ...inspection.files.map((file) => fileHint(file, context)),
    ...trainedHints(context),
    memoryHint(context),
    stepsHint(context),
  ].filter((hint) => hint !== undefined);
  return fitted(
    outline.text,
    hints.sort((a, b) => a.offset - b.offset),
  );
}

/** Lines with too much take the short form of every hint. */
function fitted(text: string, hints: readonly LongHint[]): Hint[] {
  const lineOf = ({ offset }: Hint): number => text.lastIndexOf('\n', offset - 1);
  const lengths = new Map<number, number>();
  for (const hint of hints) {
    lengths.set(lineOf(hint), (lengths.get(lineOf(hint)) ?? 0) + hint.text.length);
  }
  return hints.map((hint) => {
    const { offset, text: full, short, tooltip } = hint;
    const isLong = (lengths.get(lineOf(hint)) ?? 0) > lineLength;
    if (!isLong || short === full) return { offset, text: full, tooltip };
    return { offset, text: short, tooltip: `${full}. ${tooltip}` };
  });
}

function modelHint({ outline, inspection, t }: Context): LongHint | undefined {
  const counts = inspection.runs.flatMap(({ parameters }) => parameters ?? []);
  const [first] = counts;
  if (first === undefined || counts.some((count) => count !== first)) return undefined;
  const text = t('{0} parameters', amountText(first));
  return at(outline, ['model'], { text }, t('All values of the model.'));
}

function fileHint(file: InspectedFile, { outline, t }: Context): LongHint | undefined {
  const path = file.setting.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const about = file.isSampled ? '≈ ' : '';
  const parts = [
    t('{0} records', `${about}${amountText(file.records)}`),
    t('{0} tokens', `${about}${amountText(file.tokens)}`),
  ];
  if (file.truncated > 0) parts.push(t('{0} cut off', `${about}${amountText(file.truncated)}`));
  const tooltip = [
    t('The longest record has {0} tokens.', file.longest),
    file.isSampled ? t('Measured on a part of the file.') : t('All records were tokenised.'),
  ].join(' ');
  const short = parts.slice(1).join(' · ');
  return at(outline, path, { text: parts.join(' · '), short }, tooltip);
}

/** Beside each value of the grid that decides how much is trained; beside rank or method without a grid. */
function trainedHints(context: Context): (LongHint | undefined)[] {
  const { outline, inspection, t } = context;
  const all = inspection.runs.filter(({ trainable }) => trainable !== null);
  if (all.length === 0) return [];
  const tooltip = t('Trained values, and their part of all, as the DoRA paper counts them.');
  const deciding = decidingSettings(outline, inspection).filter((setting) =>
    trainedDependsOn(setting, inspection),
  );
  if (deciding.length === 0) {
    const path = trainedPath(outline);
    return path === undefined ? [] : [at(outline, path, trainedText(all, t), tooltip)];
  }
  return deciding.flatMap((setting) =>
    (gridOf(outline)[setting] ?? []).map((value, index) => {
      const runs = all.filter(({ varied }) => sameValue(varied[setting], value));
      if (runs.length === 0) return undefined;
      return at(outline, ['grid', setting, index], trainedText(runs, t), tooltip);
    }),
  );
}

/** Settings of the grid whose values could be looked at one by one. */
function decidingSettings(outline: Outline, { runs, runCount }: Inspection): string[] {
  return runs.length < runCount ? [] : Object.keys(gridOf(outline));
}

function trainedDependsOn(setting: string, { runs }: Inspection): boolean {
  if (setting !== 'method' && setting !== 'train' && !setting.startsWith('adapter.')) return false;
  const counts = new Map<string, Set<number>>();
  for (const { varied, trainable } of runs) {
    const { [setting]: value, ...others } = varied;
    if (value === undefined || trainable === null) continue;
    const key = JSON.stringify(others);
    counts.set(key, (counts.get(key) ?? new Set()).add(trainable));
  }
  return [...counts.values()].some(({ size }) => size > 1);
}

/** Rank and method are where people look for it. */
function trainedPath(outline: Outline): Path | undefined {
  const candidates: Path[] = [['adapter', 'rank'], ['method'], ['train'], ['adapter'], ['model']];
  const isFull = nodeAt(outline, ['method'])?.value === 'full';
  const ordered = isFull ? candidates.slice(1) : candidates;
  return ordered.find((path) => {
    const node = nodeAt(outline, path);
    return node !== undefined && node.type !== 'object';
  });
}

function trainedText(runs: readonly InspectedRun[], t: Translate): { text: string; short: string } {
  const known = runs.flatMap((run) => countedOf(run) ?? []);
  const counts = known.map(({ trainable }) => trainable);
  const shares = known.map(trainableShare);
  const amount = amountRangeText(Math.min(...counts), Math.max(...counts));
  const [least, most] = [percentText(Math.min(...shares)), percentText(Math.max(...shares))];
  const share = least === most ? most : `${least.replace(' %', '')}–${most}`;
  return { text: t('{0} trained, {1}', amount, share), short: share };
}

function memoryHint({ outline, inspection, t }: Context): LongHint | undefined {
  const peaks = inspection.runs.flatMap(({ peakBytes }) => peakBytes ?? []);
  if (peaks.length === 0) return undefined;
  const size = sizeRangeText(Math.min(...peaks), Math.max(...peaks));
  const candidates: Path[] = [
    ['training', 'batchSize'],
    ['grid', 'training.batchSize'],
    ['data', 'maxLength'],
    ['model'],
  ];
  const path = candidates.find((one) => nodeAt(outline, one) !== undefined);
  const tooltip = t('Estimated memory of a run at its peak. "Estimate memory" shows its parts.');
  return path && at(outline, path, { text: t('≈ {0} at peak', size) }, tooltip);
}

function stepsHint({ outline, inspection, t }: Context): LongHint | undefined {
  const runs = inspection.runs.filter(({ steps }) => steps !== null);
  const [first] = runs;
  if (first?.steps == null || first.stepsPerEpoch === null) return undefined;
  const isSame = runs.every(
    ({ steps, stepsPerEpoch }) => steps === first.steps && stepsPerEpoch === first.stepsPerEpoch,
  );
  if (!isSame) return undefined;
  const { steps, stepsPerEpoch } = first;
  const once = t('{0} steps are one pass over the data.', stepsPerEpoch);
  const time = timeOf(runs, steps, t);
  const tooltip = time === undefined ? once : `${once} ${time.tooltip}`;
  const withTime = (short: string) => ({
    text: time === undefined ? short : `${short} · ${time.text}`,
    short,
  });
  if (nodeAt(outline, ['training', 'steps']) !== undefined) {
    const epochs = epochsText(steps / stepsPerEpoch);
    const text = epochs === '1' ? t('1 epoch') : t('{0} epochs', epochs);
    return at(outline, ['training', 'steps'], withTime(text), tooltip);
  }
  return at(outline, ['training', 'epochs'], withTime(t('{0} steps', steps)), tooltip);
}

/** Of a run of so many steps: "≈ 3 min", "≈ 3 min – 1 h"; undefined where nothing is known of it. */
function timeOf(
  runs: readonly InspectedRun[],
  steps: number,
  t: Translate,
): { text: string; tooltip: string } | undefined {
  const seconds = runs.flatMap(({ stepSeconds }) => stepSeconds ?? []);
  if (seconds.length === 0) return undefined;
  const ends = [Math.min(...seconds), Math.max(...seconds)].map((one) =>
    durationText(steps * one, t),
  );
  const text = `≈ ${[...new Set(ends)].join(' – ')}`;
  const tooltip = t(
    'The time of a run, without evaluation, is estimated from its operations and the speed of this machine with nothing else to do.',
  );
  return { text, tooltip };
}

/** Of a short try two digits, of which "0.0" would say nothing. */
function epochsText(epochs: number): string {
  return String(Number(epochs < 1 ? epochs.toPrecision(2) : epochs.toFixed(1)));
}

function at(
  outline: Outline,
  path: Path,
  { text, short = text }: { text: string; short?: string },
  tooltip: string,
): LongHint | undefined {
  const node = nodeAt(outline, path);
  return node && { offset: spanOf(node).end, text, short, tooltip };
}

function sameValue(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

// How models and adapters read in the sidebar: what they are, how large, and what cannot be run and why. Free of
// VS Code.
import type { ModelEntry } from '../../shared/listings';
import { sizeText } from '../../shared/timeText';
import type { Translate } from '../../shared/translate';
import type { TreeLine } from '../treeLine';

export interface ModelNode {
  kind: 'model';
  id: string;
  /** Commands on adapters take these. */
  folder: string;
  base?: string;
  entry: ModelEntry;
  /** Relative to the workspace, for people. */
  path: string;
  /** By hand, so that it can be removed by hand. */
  isAdded: boolean;
  /** Adapters of this base. */
  adapters: ModelNode[];
}

export interface ModelPlaces {
  added: ReadonlySet<string>;
  pathOf: (folder: string) => string;
}

/** Models by path, each with its adapters; adapters whose base is not among them stand by themselves. */
export function modelNodes(entries: readonly ModelEntry[], places: ModelPlaces): ModelNode[] {
  const nodes = entries.map((entry): ModelNode => {
    const { folder, baseFolder } = entry;
    return {
      kind: 'model',
      id: `model:${folder}`,
      folder,
      ...(typeof baseFolder === 'string' && { base: baseFolder }),
      entry,
      path: places.pathOf(folder),
      isAdded: places.added.has(folder),
      adapters: [],
    };
  });
  const byPath = nodes.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const bases = new Map(byPath.filter(isModel).map((node) => [node.entry.folder, node]));
  const tops: ModelNode[] = [];
  for (const node of byPath) {
    const base = isModel(node) ? undefined : bases.get(node.entry.baseFolder ?? '');
    if (base === undefined) tops.push(node);
    else base.adapters.push(node);
  }
  return [...tops.filter(isModel), ...tops.filter((node) => !isModel(node))];
}

function isModel({ entry }: ModelNode): boolean {
  return entry.kind !== 'adapter';
}

export function modelLine(node: ModelNode, t: Translate): TreeLine {
  const { entry, path, isAdded } = node;
  const label = lastPart(entry.folder);
  const isAdapter = entry.kind === 'adapter';
  const words = isAdapter ? adapterWords(entry, t) : modelWords(entry, t);
  const description = entry.problem === undefined ? words.join(' · ') : shortProblem(entry);
  const kind = isAdapter ? t('adapter') : t('model');
  const { icon, color } = iconOf(entry);
  return {
    label,
    description,
    spoken:
      entry.problem === undefined
        ? `${label}, ${kind}, ${description}`
        : t('{0}, {1}, cannot be run: {2}', label, kind, description),
    tooltip: [
      path,
      ...(entry.problem === undefined ? detailLines(entry, t) : [entry.problem]),
    ].join('\n'),
    icon,
    color,
    context: [
      isAdapter ? 'adapter' : 'model',
      ...(entry.problem === undefined ? ['canRun'] : []),
      ...(isAdapter && typeof entry.baseFolder === 'string' ? ['hasBase'] : []),
      ...(isAdded ? ['added'] : []),
    ].join(' '),
  };
}

/** "1.5 M", "f32", "6.1 MB" */
function modelWords({ parameters, dtype, sizeBytes }: ModelEntry, t: Translate): string[] {
  return [
    ...(parameters === undefined ? [] : [t('{0} parameters', countText(parameters))]),
    ...(dtype === undefined ? [] : [dtype]),
    sizeText(sizeBytes),
  ];
}

/** "DoRA r16", "231 k parameters", "base not found" */
function adapterWords(entry: ModelEntry, t: Translate): string[] {
  const { method, rank, parameters, baseModel, baseFolder } = entry;
  const base =
    baseModel === undefined
      ? [t('names no base model')]
      : baseFolder === null
        ? [t('base {0} not found', lastPart(baseModel))]
        : [];
  return [
    [methodName(method), ...(rank === undefined ? [] : [`r${rank}`])].join(' '),
    ...(parameters === undefined ? [] : [t('{0} parameters', countText(parameters))]),
    ...base,
  ];
}

function methodName(method: string | undefined): string {
  const names: Record<string, string> = { lora: 'LoRA', dora: 'DoRA' };
  return names[method ?? ''] ?? (method ?? '').toUpperCase();
}

function detailLines(entry: ModelEntry, t: Translate): string[] {
  const { architecture, parameters, dtype, layers, hidden, contextLength, alpha } = entry;
  const { baseModel, baseFolder, sizeBytes } = entry;
  return [
    ...(architecture === undefined ? [] : [architecture]),
    ...(parameters === undefined
      ? []
      : [t('{0} parameters', parameters.toLocaleString('en-US').replace(/,/g, '\u2009'))]),
    ...(layers === undefined ? [] : [t('{0} layers of width {1}', layers, hidden ?? 0)]),
    ...(contextLength === undefined ? [] : [t('{0} tokens of context', contextLength)]),
    ...(alpha === undefined ? [] : [t('alpha {0}', alpha)]),
    ...(baseModel === undefined
      ? []
      : [baseFolder === null ? t('Base, not found: {0}', baseModel) : t('Base: {0}', baseModel)]),
    [dtype, sizeText(sizeBytes)].filter((part) => part !== undefined).join(' · '),
  ];
}

/** The sentence without the place that the line stands for. */
function shortProblem({ folder, problem = '' }: ModelEntry): string {
  const rest = problem.split(`${folder}/`).join('').split(`${folder}\\`).join('');
  return rest.replace(folder, lastPart(folder)).replace(/\.$/, '');
}

function iconOf({ kind, problem, baseFolder }: ModelEntry): { icon: string; color?: string } {
  if (problem !== undefined) return { icon: 'circle-slash', color: 'list.warningForeground' };
  if (kind === 'model') return { icon: 'package' };
  return baseFolder === null
    ? { icon: 'extensions', color: 'descriptionForeground' }
    : { icon: 'extensions' };
}

/** "231 k", "1.5 M", "7.2 B" */
export function countText(count: number): string {
  const units = ['', ' k', ' M', ' B', ' T'];
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 99.95 ? 1 : 0;
  return `${value.toFixed(digits)}${units[unit] ?? ''}`;
}

function lastPart(path: string): string {
  return (
    path
      .split(/[\\/]/)
      .filter((part) => part !== '')
      .at(-1) ?? path
  );
}

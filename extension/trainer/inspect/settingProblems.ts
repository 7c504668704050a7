// Every problem of the settings themselves. Reading an experiment ends with the first one; here it is noted, taken
// out of a copy, and the copy is read again until it can be understood.
import { getNodeValue, parseTree, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { parseExperiment, type Experiment } from '../../shared/experimentFile';
import { entryOf } from '../../shared/experimentGrid';
import { experimentJsonSchema } from '../../shared/experimentJsonSchema';
import { Failure } from '../../shared/failures';
import { nearestName } from '../../shared/nearest';
import { ExperimentText, type Path } from './experimentText';
import { ProblemList } from './problemList';
import { childAt, removeAt, setAt, type Raw } from './rawSettings';

export interface ReadSettings {
  list: ProblemList;
  text: ExperimentText;
  /** Without what is wrong; undefined when too much is. */
  experiment: Experiment | undefined;
  /** Settings that are missing and stand in for themselves: nothing of them can be checked. */
  missing: ReadonlySet<string>;
}

/** What a missing setting is taken to be. */
const standIns: Record<string, unknown> = {
  name: 'experiment',
  model: '?',
  data: { train: ['?'] },
  'data.train': ['?'],
};
const mostRepairs = 60;
const mostSyntaxErrors = 20;

export function readSettings(source: string, file: string): ReadSettings {
  const errors: ParseError[] = [];
  const tree = parseTree(source, errors, { allowTrailingComma: true });
  const text = new ExperimentText(source, tree);
  const list = new ProblemList(text, file);
  const missing = new Set<string>();
  if (tree?.type !== 'object' || errors.length > 0) {
    addSyntaxErrors(list, { errors, source, file, text });
    return { list, text, experiment: undefined, missing };
  }
  const raw = getNodeValue(tree) as Raw;
  for (let repairs = 0; repairs < mostRepairs; repairs += 1) {
    const read = tryRead(raw, file);
    if (!(read instanceof Failure)) return { list, text, experiment: read, missing };
    if (!repair(read, { raw, file, text, list, missing })) break;
  }
  return { list, text, experiment: undefined, missing };
}

interface Repair {
  raw: Raw;
  file: string;
  text: ExperimentText;
  list: ProblemList;
  missing: Set<string>;
}

/** Notes what the failure is about and takes it out of `raw`; false when there is nothing to take out. */
function repair(failure: Failure, context: Repair): boolean {
  const { raw, text, list } = context;
  const setting = settingOf(failure);
  if (setting === undefined) return false;
  const gridKey = isOfBase(failure, context) ? undefined : gridKeyOf(raw, setting);
  if (gridKey !== undefined) return repairGrid(failure, { setting, gridKey }, context);
  const path = rawPath(raw, setting);
  if (path === undefined) return standIn(failure, setting, context);
  const isUnknown = failure.code === 'setting-unknown';
  const nearest = nearestOf(failure, setting, childAt(raw, path));
  if (!list.hasWithin(text.pathOf(setting))) {
    const part = isUnknown ? 'key' : 'value';
    list.add({ failure, setting, path: text.pathOf(setting), part, ...(nearest && { nearest }) });
  }
  // The others of a list keep their places.
  const isElement = /^\d+$/.test(String(path.at(-1)));
  if (isElement) return setAt(raw, path.map(String), elementOf(setting));
  return removeAt(raw, path);
}

/** Takes the place of an element that is wrong. */
function elementOf(setting: string): unknown {
  return setting.startsWith('adapter.layers') ? 0 : (choicesOf(setting)[0] ?? '?');
}

/** Whether the file is refused without its grid as well. */
function isOfBase(failure: Failure, { raw, file }: Repair): boolean {
  const base = tryRead({ ...raw, grid: {} }, file);
  const isSame = base instanceof Failure && base.message === failure.message;
  return isSame && (failure.code === 'setting-invalid' || failure.code === 'setting-unknown');
}

function standIn(failure: Failure, setting: string, { raw, text, list, missing }: Repair): boolean {
  const path = text.pathOf(setting);
  if (!list.hasWithin(path) || path.length === 0) {
    list.add({ failure, setting, path, part: 'key' });
  }
  missing.add(setting);
  const value = standIns[setting];
  return value !== undefined && setAt(raw, setting.split('.'), structuredClone(value));
}

/** Of the values that the grid gives a setting, those that alone bring the same failure. */
function repairGrid(
  failure: Failure,
  { setting, gridKey }: { setting: string; gridKey: string },
  { raw, file, list }: Repair,
): boolean {
  const grid = raw.grid as Record<string, unknown[]>;
  const values = grid[gridKey] ?? [];
  const isBad = (value: unknown): boolean => {
    const alone = tryRead({ ...raw, grid: { ...grid, [gridKey]: [value] } }, file);
    return alone instanceof Failure && alone.code === failure.code && settingOf(alone) === setting;
  };
  const bad = values.flatMap((value, index) => (isBad(value) ? [index] : []));
  if (failure.code !== 'setting-unknown' && bad.length > 0 && bad.length < values.length) {
    for (const index of bad) {
      const path: Path = ['grid', gridKey, originalIndex(list, gridKey, index)];
      const own = tryRead({ ...raw, grid: { ...grid, [gridKey]: [values[index]] } }, file);
      const told = own instanceof Failure ? own : failure;
      const nearest = nearestOf(told, setting, values[index]);
      list.add({ failure: told, setting, path, part: 'value', ...(nearest && { nearest }) });
    }
    grid[gridKey] = values.filter((_, index) => !bad.includes(index));
    return true;
  }
  const data = failure.data as { nearest?: string };
  const nearest = gridKey === setting ? data.nearest : undefined;
  const [only] = values;
  const isOneValue = values.length === 1 && failure.code !== 'setting-unknown';
  const path: Path = isOneValue ? ['grid', gridKey, 0] : ['grid', gridKey];
  const meant = isOneValue ? nearestOf(failure, setting, only) : nearest;
  list.add({
    failure,
    setting,
    path,
    part: isOneValue ? 'value' : 'key',
    ...(meant && { nearest: meant }),
  });
  raw.grid = Object.fromEntries(Object.entries(grid).filter(([key]) => key !== gridKey));
  return true;
}

/** Index in the file of a value of the copy, from which some were taken out. */
function originalIndex({ problems }: ProblemList, gridKey: string, index: number): number {
  const taken = problems
    .filter(({ path }) => path[0] === 'grid' && path[1] === gridKey && path.length === 3)
    .map(({ path }) => Number(path[2]))
    .sort((a, b) => a - b);
  let original = index;
  for (const one of taken) if (one <= original) original += 1;
  return original;
}

function tryRead(raw: Raw, file: string): Experiment | Failure {
  try {
    return parseExperiment(JSON.stringify(raw), file);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

function settingOf({ data }: Failure): string | undefined {
  const told = data as { setting?: string; second?: string; method?: string; override?: string };
  return told.setting ?? told.second ?? told.override ?? (told.method && 'method');
}

/** The grid's key that sets a setting or a part around it. */
function gridKeyOf(raw: Raw, setting: string): string | undefined {
  const { grid } = raw;
  if (typeof grid !== 'object' || grid === null || Array.isArray(grid)) return undefined;
  const lists = Object.entries(grid).filter((entry): entry is [string, unknown[]] => {
    return Array.isArray(entry[1]) && entry[1].length > 0;
  });
  return entryOf(Object.fromEntries(lists), setting);
}

function rawPath(raw: Raw, setting: string): Path | undefined {
  const parts = setting.split('.');
  for (let length = parts.length; length > 0; length -= 1) {
    const path: Path = parts.slice(0, length - 1);
    path.push(parts.slice(length - 1).join('.'));
    if (childAt(raw, path) !== undefined) return path;
  }
  return undefined;
}

/** What was probably meant, in place of a name or a value. */
function nearestOf(failure: Failure, setting: string, value: unknown): string | undefined {
  const { nearest, available } = failure.data as { nearest?: string; available?: string[] };
  if (nearest !== undefined) return nearest.split('.').at(-1);
  if (typeof value !== 'string' || failure.code === 'settings-conflict') return undefined;
  const meant = nearestName(value, available ?? choicesOf(setting));
  return meant === value ? undefined : meant;
}

/** Values that a setting may have, where they are a closed set. */
export function choicesOf(setting: string): string[] {
  interface Level {
    properties?: Record<string, Level>;
    items?: Level;
    enum?: string[];
  }
  let level: Level | undefined = experimentJsonSchema();
  for (const part of setting.split('.')) {
    level = /^\d+$/.test(part) ? level?.items : level?.properties?.[part];
  }
  return level?.enum ?? [];
}

function addSyntaxErrors(
  list: ProblemList,
  {
    errors,
    source,
    file,
    text,
  }: { errors: ParseError[]; source: string; file: string; text: ExperimentText },
): void {
  const all =
    errors.length === 0 || source.trim() === ''
      ? [{ offset: 0, length: 1, problem: 'the file must hold one object { ... }' }]
      : errors.map(({ error, offset, length }) => ({
          ...{ offset, length },
          problem: printParseErrorCode(error)
            .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
            .toLowerCase(),
        }));
  for (const { offset, length, problem } of all.slice(0, mostSyntaxErrors)) {
    const range = text.range(offset, length);
    const failure = new Failure('experiment-broken', { file, line: range.line, problem });
    list.addAt(range, { failure, setting: '', path: [] });
  }
}

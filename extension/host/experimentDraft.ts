// The text of an experiment file made from a run: only what differs from the defaults, each setting with a comment
// that says what it is. Free of VS Code.
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { ExperimentSettings } from '../shared/experiment';
import type { SettingSchema } from '../shared/settingRows';

type Json = string | number | boolean | null | undefined | Json[] | { [key: string]: Json };
type Settings = Record<string, Json>;

/** Sections that do not concern the method are left out. */
export type DraftSettings = Omit<ExperimentSettings, 'adapter' | 'train'> & {
  adapter?: Partial<ExperimentSettings['adapter']>;
  train?: ExperimentSettings['train'];
};

export interface DraftSources {
  defaults: ExperimentSettings;
  schema: SettingSchema;
}

/** Written even where they are the defaults: a reader looks for them. */
const alwaysWritten = ['name', 'model', 'method', 'data.train'];
/** Longer lines get their comment above. */
const widest = 110;

/** The settings as users write them. `header`: lines of the comment at the top. */
export function draftText(
  settings: DraftSettings,
  header: readonly string[],
  { defaults, schema }: DraftSources,
): string {
  const differing = differences(settings, defaults, '');
  const lines = objectLines(differing ?? {}, schema, 1);
  return `${header.map((line) => `// ${line}\n`).join('')}{\n${lines.join('\n')}\n}\n`;
}

/** A run's own settings without those that say nothing of it. */
export function ownSettings(settings: ExperimentSettings, name: string): DraftSettings {
  const { adapter, train, ...common } = settings;
  const kept = settings.method === 'full' ? { train } : { adapter };
  return { ...common, ...kept, name };
}

/** As `ownSettings`, to go on from a checkpoint of it. `checkpoint`: relative to the new file. */
export function continuedSettings(
  settings: ExperimentSettings,
  name: string,
  checkpoint: string,
): DraftSettings {
  const own = ownSettings(settings, name);
  if (settings.method === 'full') return { ...own, model: checkpoint };
  // Rank, alpha, targets and their patterns are the checkpoint's own: its configuration decides them.
  const adapter = { dropout: settings.adapter.dropout, initialAdapter: checkpoint };
  return { ...own, adapter };
}

/** Paths of the settings, which are relative to `from`, as seen from `to`. */
export function movedSettings(
  settings: ExperimentSettings,
  from: string,
  to: string,
): ExperimentSettings {
  const move = (path: string): string =>
    isAbsolute(path) || from === to ? path : pathFrom(to, resolve(from, path));
  const { data, adapter, evaluation } = settings;
  const { validation } = data;
  return {
    ...settings,
    model: move(settings.model),
    data: {
      ...data,
      train: data.train.map(move),
      validation: typeof validation === 'string' ? move(validation) : validation,
    },
    adapter: {
      ...adapter,
      ...(adapter.initialAdapter !== undefined && { initialAdapter: move(adapter.initialAdapter) }),
    },
    evaluation: { ...evaluation, data: move(evaluation.data) },
  };
}

/** Relative where it can be, with forward slashes on every system. */
export function pathFrom(folder: string, path: string): string {
  const found = relative(folder, path);
  return (isAbsolute(found) ? path : found === '' ? '.' : found).split(sep).join('/');
}

/** Names of files to try, one after another, until one is free. */
export function* draftNames(base: string): Generator<string> {
  yield base;
  for (let count = 2; ; count += 1) yield `${base}-${count}`;
}

function differences(settings: Settings, defaults: Settings, prefix: string): Settings | undefined {
  const found: Settings = {};
  for (const [key, value] of Object.entries(settings)) {
    const name = prefix + key;
    const usual = defaults[key];
    if (value === undefined) continue;
    if (isObject(value) && isObject(usual) && !isRecord(usual)) {
      const inner = differences(value, usual, `${name}.`);
      if (inner !== undefined) found[key] = inner;
    } else if (alwaysWritten.includes(name) || JSON.stringify(value) !== JSON.stringify(usual)) {
      found[key] = value;
    }
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

/** Columns and patterns, empty by default, whose keys are the user's: they are written as a whole. */
function isRecord(usual: object): boolean {
  return Object.keys(usual).length === 0;
}

function isObject(value: Json): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectLines(settings: Settings, schema: SettingSchema, depth: number): string[] {
  const indent = '  '.repeat(depth);
  const entries = Object.entries(settings);
  return entries.flatMap(([key, value], index) => {
    const own = schema.properties?.[key];
    const comma = index < entries.length - 1 ? ',' : '';
    const comment = own?.description === undefined ? '' : `// ${own.description}`;
    const name = `${indent}${JSON.stringify(key)}: `;
    if (isObject(value) && own?.properties !== undefined) {
      const inner = objectLines(value, own, depth + 1);
      return [`${name}{ ${comment}`.trimEnd(), ...inner, `${indent}}${comma}`];
    }
    const line = `${name}${valueText(value)}${comma}`;
    if (comment === '') return [line];
    if (line.length + comment.length < widest) return [`${line} ${comment}`];
    return [`${indent}${comment}`, line];
  });
}

/** On one line, with spaces as people write them. */
function valueText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([key, inner]) => `${JSON.stringify(key)}: ${valueText(inner)}`,
  );
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

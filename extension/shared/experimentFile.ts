// Reads the text of an experiment file: comments and trailing commas are allowed, every refusal names the
// line and the setting, the grid becomes one run for each combination.
import {
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import type * as z from 'zod/mini';
import {
  availableMethods,
  experimentFile,
  experimentSettings,
  type ExperimentSettings,
} from './experiment';
import { checkConflicts } from './experimentConflicts';
import { entryOf, gridCombinations, settingsOfEntry, variedBy, type Grid } from './experimentGrid';
import { experimentJsonSchema } from './experimentJsonSchema';
import { Failure } from './failures';
import { nearestName } from './nearest';

/** One run of an experiment, everything resolved. */
export interface ResolvedRun {
  settings: ExperimentSettings;
  /** What the grid varied, dotted setting to value. */
  varied: Record<string, unknown>;
  /** Dotted settings that the file, the grid or the command line names. */
  explicit: ReadonlySet<string>;
}

export interface Experiment {
  file: string;
  name: string;
  runs: ResolvedRun[];
  /** For failures found later: the place of a setting in the file. */
  place: (setting: string) => { file: string; line?: number };
}

type Settings = Record<string, unknown>;
type Path = (string | number)[];

/** `overrides`: dotted setting to value, from the command line. */
export function parseExperiment(
  text: string,
  file: string,
  overrides: Record<string, unknown> = {},
): Experiment {
  const source = new Source(text, file);
  const raw = source.object();
  for (const [setting, value] of Object.entries(overrides)) assign(raw, setting, value);
  const checked = check(experimentFile, raw, source);
  const settings = Object.fromEntries(
    Object.entries(raw).filter(([key]) => key !== 'grid' && key !== '$schema'),
  );
  checkGrid(checked.grid, source);
  const varied = gridCombinations(checked.grid, checked.method);
  const runs = varied.map((one) => resolveRun(settings, one, source));
  return { file, name: checked.name, runs, place: (setting) => source.place(setting.split('.')) };
}

/** key=value of the command line; values are JSON where they can be, text otherwise. */
export function parseOverride(override: string): [string, unknown] {
  const equals = override.indexOf('=');
  if (equals <= 0) throw new Failure('override-invalid', { override });
  const value = override.slice(equals + 1);
  try {
    return [override.slice(0, equals), JSON.parse(value) as unknown];
  } catch {
    return [override.slice(0, equals), value];
  }
}

function resolveRun(base: Settings, varied: Record<string, unknown>, source: Source): ResolvedRun {
  const raw = JSON.parse(JSON.stringify(base)) as Settings;
  for (const [setting, value] of Object.entries(varied)) assign(raw, setting, value);
  const settings = check(experimentSettings, raw, source, Object.keys(varied));
  const explicit = new Set(settingNames(raw));
  const place = source.place(['method']);
  if (!(availableMethods as readonly string[]).includes(settings.method)) {
    const data = { ...place, method: settings.method, available: availableMethods };
    throw new Failure('method-unavailable', data);
  }
  checkConflicts(settings, explicit, (setting) => source.place(setting.split('.')));
  return { settings, varied, explicit };
}

/** Entries of several settings have a value for each of them. */
function checkGrid(grid: Grid, source: Source): void {
  for (const [key, values] of Object.entries(grid)) {
    const wrong = values.find((value) => variedBy(key, value) === undefined);
    if (wrong === undefined) continue;
    const problem =
      `must hold lists of ${settingsOfEntry(key).length} values, one for each of its settings, ` +
      `not ${shorten(JSON.stringify(wrong))}`;
    const place = source.place(['grid', key]);
    throw new Failure('setting-invalid', { ...place, setting: `grid.${key}`, problem });
  }
}

/** The text, its tree and where settings stand in it. */
class Source {
  private readonly tree: Node | undefined;

  constructor(
    private readonly text: string,
    private readonly file: string,
  ) {
    const errors: ParseError[] = [];
    this.tree = parseTree(text, errors, { allowTrailingComma: true });
    const [error] = errors;
    if (error === undefined && this.tree?.type === 'object') return;
    const problem =
      error === undefined || text.trim() === ''
        ? 'the file must hold one object { ... }'
        : words(printParseErrorCode(error.error));
    throw new Failure('experiment-broken', {
      file,
      line: this.lineOf(error?.offset ?? 0),
      problem,
    });
  }

  object(): Settings {
    return this.tree === undefined ? {} : (getNodeValue(this.tree) as Settings);
  }

  /** The line of the grid's entry that varies a setting, or of the setting; none if it came from elsewhere. */
  place(path: Path): { file: string; line?: number } {
    const node = this.gridNode(path.join('.')) ?? this.find(path);
    return node === undefined
      ? { file: this.file }
      : { file: this.file, line: this.lineOf(node.parent?.offset ?? node.offset) };
  }

  private gridNode(setting: string): Node | undefined {
    const grid = this.find(['grid']);
    if (grid?.type !== 'object') return undefined;
    const key = entryOf(getNodeValue(grid) as Grid, setting);
    return key === undefined ? undefined : this.find(['grid', key]);
  }

  private find(path: Path): Node | undefined {
    return this.tree === undefined ? undefined : findNodeAtLocation(this.tree, path);
  }

  private lineOf(offset: number): number {
    return this.text.slice(0, offset).split('\n').length;
  }
}

/** The parsed value, or a Failure for the first thing that is wrong. */
function check<Schema extends z.ZodMiniType>(
  schema: Schema,
  raw: Settings,
  source: Source,
  varied: string[] = [],
): z.infer<Schema> {
  const parsed = schema.safeParse(raw, { reportInput: true });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue === undefined) throw new Error('zod refused without an issue');
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const setting = [...path, key].join('.');
    const nearest = nearestName(key, knownKeys(path));
    const place = source.place([...path, key]);
    throw new Failure('setting-unknown', {
      ...place,
      setting,
      ...(nearest !== undefined && { nearest: [...path, nearest].join('.') }),
    });
  }
  const setting = path.join('.');
  const place = varied.includes(setting) ? source.place(setting.split('.')) : placeOf(source, path);
  throw new Failure('setting-invalid', { ...place, setting, problem: problemOf(issue, raw, path) });
}

/** The setting's line, or that of the nearest part of the file around it. */
function placeOf(source: Source, path: Path): { file: string; line?: number } {
  for (let length = path.length; length > 0; length -= 1) {
    const place = source.place(path.slice(0, length));
    if (place.line !== undefined) return place;
  }
  return source.place(path);
}

function problemOf(issue: z.core.$ZodIssue, raw: Settings, path: Path): string {
  const value = path.reduce<unknown>(
    (inner, part) => (inner as Record<string | number, unknown> | undefined)?.[part],
    raw,
  );
  if (value === undefined) return 'is missing';
  const shown = shorten(JSON.stringify(value));
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${article(issue.expected)}, not ${shown}`;
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(', ')}, not ${shown}`;
    case 'too_small':
      if (issue.origin === 'array' || issue.origin === 'string') return 'must not be empty';
      return `must be ${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}, not ${shown}`;
    case 'too_big':
      return `must be ${issue.inclusive === false ? 'below' : 'at most'} ${issue.maximum}, not ${shown}`;
    case 'invalid_union':
      return `has a value of the wrong kind: ${shown}`;
    default:
      return `is not valid: ${shown}`;
  }
}

function article(expected: string): string {
  const names: Record<string, string> = {
    int: 'a whole number',
    number: 'a number',
    string: 'a text',
    boolean: 'true or false',
    array: 'a list [ ... ]',
    object: 'an object { ... }',
    record: 'an object { ... }',
  };
  return names[expected] ?? expected;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** `InvalidSymbol` to `invalid symbol`. */
function words(code: string): string {
  return code.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

/** Names a setting may have at a path, from the schema itself. */
function knownKeys(path: Path): string[] {
  let level = experimentJsonSchema() as { properties?: Record<string, object> };
  for (const part of path) level = level.properties?.[part] ?? {};
  return Object.keys(level.properties ?? {});
}

function assign(target: Settings, setting: string, value: unknown): void {
  const parts = setting.split('.');
  const last = parts.pop() ?? '';
  // Own properties alone: a setting called __proto__ would reach every object.
  if ([...parts, last].some((part) => part in Object.prototype)) {
    throw new Failure('override-invalid', { override: setting });
  }
  let inner = target;
  for (const part of parts) {
    const next = inner[part];
    inner = (
      typeof next === 'object' && next !== null && !Array.isArray(next) ? next : (inner[part] = {})
    ) as Settings;
  }
  inner[last] = value;
}

/** Dotted names of everything that is set. */
function settingNames(settings: Settings, prefix = ''): string[] {
  return Object.entries(settings).flatMap(([key, value]) => {
    const name = prefix + key;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? [name, ...settingNames(value as Settings, `${name}.`)] : [name];
  });
}

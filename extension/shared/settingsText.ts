// The text of a settings file: comments and trailing commas are allowed, and what is wrong with a setting is said
// with its line, its name and what it should be.
import {
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import * as z from 'zod/mini';
import { Failure } from './failures';
import { nearestName } from './nearest';
import type { Place } from './place';

export type Settings = Record<string, unknown>;
export type SettingPath = (string | number)[];

/** The text, its tree and where settings stand in it. */
export class SettingsText {
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

  /** Without a line for a setting that came from elsewhere. */
  place(path: SettingPath): Place {
    return this.placeOf(this.find(path));
  }

  /** The setting's line, or that of the nearest part of the file around it. */
  nearestPlace(path: SettingPath): Place {
    for (let length = path.length; length > 0; length -= 1) {
      const place = this.place(path.slice(0, length));
      if (place.line !== undefined) return place;
    }
    return this.place(path);
  }

  protected placeOf(node: Node | undefined): Place {
    if (node === undefined) return { file: this.file };
    return { file: this.file, line: this.lineOf(node.parent?.offset ?? node.offset) };
  }

  protected find(path: SettingPath): Node | undefined {
    return this.tree === undefined ? undefined : findNodeAtLocation(this.tree, path);
  }

  private lineOf(offset: number): number {
    return this.text.slice(0, offset).split('\n').length;
  }
}

/** The parsed value, or a Failure for the first thing that is wrong. `varied`: dotted settings of the grid. */
export function checkSettings<Schema extends z.ZodMiniType>(
  schema: Schema,
  raw: Settings,
  source: SettingsText,
  varied: string[] = [],
): z.infer<Schema> {
  const parsed = schema.safeParse(raw, { reportInput: true });
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const found = mostTelling(issues);
  if (found === undefined) throw new Error('zod refused without an issue');
  const issue = innermost(found);
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const setting = [...path, key].join('.');
    const nearest = nearestName(key, knownKeys(schema, path));
    throw new Failure('setting-unknown', {
      ...source.place([...path, key]),
      setting,
      ...(nearest !== undefined && { nearest: [...path, nearest].join('.') }),
    });
  }
  const setting = path.join('.');
  const place = varied.includes(setting)
    ? source.place(setting.split('.'))
    : source.nearestPlace(path);
  throw new Failure('setting-invalid', { ...place, setting, problem: problemOf(issue, raw, path) });
}

/** A misspelt name explains why another one is missing. */
function mostTelling(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue | undefined {
  return issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
}

/** Of a choice between shapes: what is wrong inside the one that was meant, where that can be told. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  for (const branch of issue.errors) {
    const issues = branch.filter(
      ({ path, code }) => path.length > 0 || code === 'unrecognized_keys',
    );
    const meant = mostTelling(issues);
    if (meant) return innermost({ ...meant, path: [...issue.path, ...meant.path] });
  }
  return issue;
}

function problemOf(issue: z.core.$ZodIssue, raw: Settings, path: SettingPath): string {
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

export function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** `InvalidSymbol` to `invalid symbol`. */
function words(code: string): string {
  return code.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  anyOf?: JsonSchema[];
}

/** Names a setting may have at a path, from the schema itself. */
function knownKeys(schema: z.ZodMiniType, path: SettingPath): string[] {
  const whole = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
  const level = path.reduce<JsonSchema>((outer, part) => propertiesOf(outer)[part] ?? {}, whole);
  return Object.keys(propertiesOf(level));
}

function propertiesOf({ properties, anyOf = [] }: JsonSchema): Record<string, JsonSchema> {
  const branches = anyOf.map((branch) => Object.entries(propertiesOf(branch)));
  return { ...properties, ...Object.fromEntries(branches.flat()) };
}

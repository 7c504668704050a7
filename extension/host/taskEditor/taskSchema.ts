// Settings of a task.json by its JSON Schema: which may stand at a place, what they mean, and what they may be. For files
// outside of the place that VS Code's own JSON support knows. Free of VS Code.
import { getLocation, type JSONPath } from 'jsonc-parser';
import { choicesIn } from '../../shared/schemaChoices';
import { nodeAt, outlineOf, spanOf, valueAt, type Span } from '../editor/outline';

/** A part of `dist/task.schema.json`. */
export interface TaskSchema {
  description?: string;
  default?: unknown;
  type?: string;
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, TaskSchema>;
  anyOf?: TaskSchema[];
}

export interface TaskCompletion {
  label: string;
  /** In place of the span's text; of a setting a snippet. */
  text: string;
  detail: string;
  kind: 'setting' | 'choice';
}

export interface TaskCompletions {
  span: Span;
  items: TaskCompletion[];
}

export function taskCompletions(text: string, offset: number, schema: TaskSchema): TaskCompletions {
  const { path, isAtPropertyKey, previousNode } = getLocation(text, offset);
  const isInNode =
    previousNode !== undefined && offset <= previousNode.offset + previousNode.length;
  const span = isInNode ? spanOf(previousNode) : { start: offset, end: offset };
  const kinds = kindsAt(text, isAtPropertyKey ? path.slice(0, -1) : path, schema);
  if (!isAtPropertyKey) return { span, items: kinds.flatMap(choicesOf) };
  const present = Object.keys(Object(valueAt(outlineOf(text), path.slice(0, -1))) as object);
  const hasValue = /^\s*:/.test(text.slice(span.end));
  const settings = new Map(kinds.flatMap(({ properties = {} }) => Object.entries(properties)));
  const items = [...settings]
    .filter(([name]) => name !== '$schema' && !present.includes(name))
    .map(([name, setting]): TaskCompletion => {
      const value = hasValue ? '' : `: ${valueSnippet(setting)}`;
      const { description: detail = '' } = setting;
      return { kind: 'setting', label: name, text: `${JSON.stringify(name)}${value}`, detail };
    });
  return { span, items };
}

/** Undefined where no setting stands. */
export function taskMeaning(
  text: string,
  offset: number,
  schema: TaskSchema,
): { span: Span; lines: string[] } | undefined {
  const { path } = getLocation(text, offset);
  const node = nodeAt(outlineOf(text), path);
  const place = node?.parent?.type === 'property' ? node.parent : node;
  const [kind] = path.length === 0 ? [] : kindsAt(text, path, schema);
  if (place === undefined || kind?.description === undefined) return undefined;
  const choices = kindsAt(text, path, schema).flatMap(choicesOf);
  const standard = kind.default;
  return {
    span: spanOf(place),
    lines: [
      kind.description,
      ...(choices.length > 0
        ? [choices.map(({ text: choice }) => `\`${choice}\``).join(', ')]
        : []),
      ...(standard === undefined ? [] : [`Default: \`${JSON.stringify(standard)}\``]),
    ],
  };
}

/** What may stand at a path: a setting's schema, and those that it is a choice of. */
function kindsAt(text: string, path: JSONPath, schema: TaskSchema): TaskSchema[] {
  let kinds = branchesOf(text, schema);
  for (const part of path) {
    kinds = kinds.flatMap(({ properties = {} }) => {
      const inner = properties[String(part)];
      return inner === undefined ? [] : [inner, ...(inner.anyOf ?? [])];
    });
  }
  return kinds;
}

/** Of the task's protocol; before it has one that is known, of all. */
function branchesOf(text: string, { anyOf = [] }: TaskSchema): TaskSchema[] {
  const protocol = valueAt(outlineOf(text), ['protocol']) ?? 'generation';
  const own = anyOf.filter(({ properties }) => properties?.protocol?.const === protocol);
  // The name of the protocol is still to be completed: each is one.
  const protocols = anyOf.map(({ properties = {} }) => ({
    properties: { ...(properties.protocol && { protocol: properties.protocol }) },
  }));
  return own.length === 0 ? anyOf : [...own, ...protocols.filter((_, i) => anyOf[i] !== own[0])];
}

function choicesOf(schema: TaskSchema): TaskCompletion[] {
  return choicesIn(schema).map((value) => {
    const text = JSON.stringify(value);
    return { kind: 'choice', label: text, text, detail: '' };
  });
}

/** What stands in a new setting, to be overwritten. */
function valueSnippet({ default: standard, const: only, type, properties }: TaskSchema): string {
  if (properties !== undefined) return '{ $0 }';
  const value = standard ?? only;
  if (value !== undefined) return `\${1:${JSON.stringify(value).replace(/[$}\\]/g, '\\$&')}}`;
  if (type === 'string') return '"$1"';
  return type === 'array' ? '[$1]' : '$1';
}

// The JSON Schema that VS Code completes and explains experiment files with: the experiment's own, with what each
// choice means, examples, snippets and the dotted settings of a grid. It judges nothing: `adapter-lab inspect` finds
// more, says it better and mends it, and two squiggles under one word would say the same thing twice.
import { choiceTexts, examplesOf, newFileText, newGridText } from './editorSchemaTexts';
import { experimentJsonSchema } from './experimentJsonSchema';

export { experimentJsonSchema };
export { taskEditorSchema } from './taskEditorSchema';
export { taskJsonSchema } from './taskJsonSchema';

const allLinear = 'all-linear';

export interface EditorSchema {
  properties?: Record<string, EditorSchema>;
  items?: EditorSchema;
  anyOf?: EditorSchema[];
  additionalProperties?: EditorSchema;
  type?: string;
  enum?: unknown[];
  default?: unknown;
  examples?: readonly unknown[];
  description?: string;
  markdownDescription?: string;
  markdownEnumDescriptions?: string[];
  defaultSnippets?: { label: string; description?: string; body?: unknown; bodyText?: string }[];
  doNotSuggest?: boolean;
}

export function editorSchema(): EditorSchema {
  const own = experimentJsonSchema() as EditorSchema;
  const settings = Object.entries(own.properties ?? {}).filter(([name]) => name !== 'grid');
  const properties = Object.fromEntries(
    settings.map(([name, schema]) => [name, explained(schema, name)]),
  );
  const $schema: EditorSchema = { ...properties.$schema, doNotSuggest: true };
  return {
    description: 'An experiment of Adapter Lab: a model, data, a method, and a grid of settings.',
    properties: { ...properties, $schema, grid: gridSchema(properties) },
    defaultSnippets: [
      {
        label: 'Experiment',
        description: 'A whole experiment with comments',
        bodyText: newFileText,
      },
    ],
  };
}

/** Every setting of a run under its dotted name, with a list of its values. */
function gridSchema(settings: Record<string, EditorSchema>): EditorSchema {
  const leaves = Object.entries(settings).flatMap(([name, schema]) => leavesOf(name, schema));
  const properties = leaves.map(([name, schema]): [string, EditorSchema] => [
    name,
    {
      markdownDescription: `One run for each value. ${schema.markdownDescription ?? ''}`,
      anyOf: [{ type: 'array', items: schema }, {}],
      defaultSnippets: [{ label: '[ ... ]', body: valuesOf(schema) }],
    },
  ]);
  return {
    markdownDescription:
      'Settings to vary: dotted name to values. The runs are every combination, trained one after another.',
    properties: Object.fromEntries(properties),
    defaultSnippets: [{ label: '{ method, rank }', description: 'A sweep', bodyText: newGridText }],
  };
}

/** What stands in a new list: two values, to be overwritten. */
function valuesOf(schema: EditorSchema): unknown[] {
  const choices = schema.anyOf?.[0]?.enum ?? schema.examples ?? [];
  if (choices.length > 1) return choices.slice(0, 2);
  return schema.default === undefined ? [] : [schema.default];
}

function leavesOf(name: string, schema: EditorSchema): [string, EditorSchema][] {
  if (name === '$schema' || name === 'name') return [];
  if (schema.properties === undefined) return [[name, schema]];
  return Object.entries(schema.properties).flatMap(([inner, part]) =>
    leavesOf(`${name}.${inner}`, part),
  );
}

function explained(schema: EditorSchema, setting: string): EditorSchema {
  const { description } = schema;
  const markdownDescription = markdownOf(schema, setting);
  if (schema.properties !== undefined) {
    const inner = Object.entries(schema.properties).map(([name, part]) => [
      name,
      explained(part, `${setting}.${name}`),
    ]);
    const properties = Object.fromEntries(inner) as Record<string, EditorSchema>;
    return { description, markdownDescription, properties };
  }
  const examples = examplesOf[setting];
  return {
    description,
    markdownDescription,
    ...(schema.default !== undefined && { default: schema.default }),
    ...(examples && { examples }),
    // Suggested, not demanded: any value fits the second.
    anyOf: [{ ...suggested(schema, setting), ...(examples && { examples }) }, {}],
  };
}

function suggested(schema: EditorSchema, setting: string): EditorSchema {
  if (setting === 'adapter.targets') return targets();
  const choices = choicesOf(schema, setting);
  if (choices === undefined) {
    const items = schema.items && { items: { anyOf: [suggested(schema.items, setting), {}] } };
    return { ...(schema.type !== undefined && { type: schema.type }), ...items };
  }
  const texts = choiceTexts[setting] ?? {};
  const markdownEnumDescriptions = choices.map((choice) => texts[String(choice)] ?? '');
  return { enum: choices, markdownEnumDescriptions };
}

/** One text for all, or a list of kinds. */
function targets(): EditorSchema {
  const texts = choiceTexts['adapter.targets'] ?? {};
  const of = (names: string[]): EditorSchema => ({
    enum: names,
    markdownEnumDescriptions: names.map((name) => texts[name] ?? ''),
  });
  const kinds = Object.keys(texts).filter((name) => name !== allLinear);
  return { anyOf: [of([allLinear]), { type: 'array', items: { anyOf: [of(kinds), {}] } }] };
}

/** Of a closed set, or the names that most people mean. */
function choicesOf(schema: EditorSchema, setting: string): unknown[] | undefined {
  if (schema.enum !== undefined) return schema.enum;
  const isOpen = schema.type === 'string' || schema.type === undefined;
  const texts = choiceTexts[setting];
  return isOpen && texts !== undefined ? Object.keys(texts) : undefined;
}

function markdownOf(
  { description = '', default: standard }: EditorSchema,
  setting: string,
): string {
  const lines = [description];
  const texts = choiceTexts[setting];
  if (texts !== undefined) {
    lines.push(
      Object.entries(texts)
        .map(([choice, text]) => `- \`${choice}\`: ${text}`)
        .join('\n'),
    );
  }
  if (standard !== undefined) lines.push(`Default: \`${JSON.stringify(standard)}\``);
  const example = examplesOf[setting]?.[0];
  if (example !== undefined)
    lines.push(`Example: \`"${leaf(setting)}": ${JSON.stringify(example)}\``);
  return lines.join('\n\n');
}

function leaf(setting: string): string {
  return setting.slice(setting.lastIndexOf('.') + 1);
}

// The settings of a run as a table: every one with its value, the default, whether it differs, what it means.
// Defaults and meanings come from the experiment's JSON Schema (dist/experiment.schema.json).

export interface SettingRow {
  /** Dotted: `adapter.rank`. */
  setting: string;
  value: string;
  /** Undefined where the schema has none: the setting must be given, or stands for itself when left out. */
  standard: string | undefined;
  /** From the default; what must be given always does not. */
  differs: boolean;
  /** The grid made runs of it. */
  isVaried: boolean;
  description: string;
}

/** The part of JSON Schema that the experiment's uses. */
export interface SettingSchema {
  properties?: Record<string, SettingSchema>;
  required?: string[];
  default?: unknown;
  description?: string;
}

/** What the grid varied first, then in the schema's order. */
export function settingRows(
  settings: object,
  varied: Readonly<Record<string, unknown>>,
  schema: SettingSchema,
): SettingRow[] {
  const rows = rowsOf(settings, schema, '').map((row) => ({
    ...row,
    isVaried: Object.hasOwn(varied, row.setting),
  }));
  return [...rows.filter(({ isVaried }) => isVaried), ...rows.filter(({ isVaried }) => !isVaried)];
}

function rowsOf(
  value: object,
  schema: SettingSchema,
  path: string,
): Omit<SettingRow, 'isVaried'>[] {
  return namesOf(value, schema).flatMap((name) => {
    const own = (value as Record<string, unknown>)[name];
    const part = schema.properties?.[name] ?? {};
    const setting = path === '' ? name : `${path}.${name}`;
    if (part.properties !== undefined) return rowsOf(asObject(own), part, setting);
    if (own === undefined) return [];
    const isRequired = schema.required?.includes(name) === true && part.default === undefined;
    const text = valueText(own);
    const standard = part.default === undefined ? undefined : valueText(part.default);
    const description = part.description ?? '';
    return [
      { setting, value: text, standard, differs: !isRequired && text !== standard, description },
    ];
  });
}

/** Those of the schema in its order, then what it does not know, as a later version may have written. */
function namesOf(value: object, schema: SettingSchema): string[] {
  const known = Object.keys(schema.properties ?? {});
  return [...known, ...Object.keys(value).filter((name) => !known.includes(name))];
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

/** As one would write it: texts bare, lists with commas, nothing as a dash. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '–';
  if (Array.isArray(value)) return value.length === 0 ? '[]' : value.map(valueText).join(', ');
  return JSON.stringify(value);
}

// What a language model gives a tool. It may ignore the schema, so every field is looked at. Free of VS Code.

export interface RunQuery {
  /** Ids, the ends of ids, names or labels; all runs when left out. */
  runs?: string[];
  experiment?: string;
  method?: string;
  state?: string;
  tag?: string;
  limit?: number;
}

export interface SlopeQuery extends RunQuery {
  /** q_proj, up_proj, ..., all */
  modules?: string[];
}

export interface AccuracyQuery extends RunQuery {
  tasks?: string[];
}

export interface TrainingRequest {
  experiment?: string;
  /** Dotted setting to value. */
  overrides: Record<string, unknown>;
}

export function readRunQuery(input: unknown): RunQuery {
  const given = fieldsOf(input);
  return {
    ...texts('runs', given.runs ?? given.run),
    ...text('experiment', given.experiment),
    ...text('method', given.method),
    ...text('state', given.state),
    ...text('tag', given.tag),
    ...(typeof given.limit === 'number' && given.limit >= 1 && { limit: Math.floor(given.limit) }),
  };
}

export function readSlopeQuery(input: unknown): SlopeQuery {
  return { ...readRunQuery(input), ...texts('modules', fieldsOf(input).modules) };
}

export function readAccuracyQuery(input: unknown): AccuracyQuery {
  return { ...readRunQuery(input), ...texts('tasks', fieldsOf(input).tasks) };
}

export function readTrainingRequest(input: unknown): TrainingRequest {
  const given = fieldsOf(input);
  return { ...text('experiment', given.experiment), overrides: fieldsOf(given.overrides) };
}

function fieldsOf(input: unknown): Record<string, unknown> {
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  return isObject ? (input as Record<string, unknown>) : {};
}

function text<Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> {
  const isText = typeof value === 'string' && value.trim() !== '';
  return (isText ? { [name]: value.trim() } : {}) as Partial<Record<Name, string>>;
}

function texts<Name extends string>(name: Name, value: unknown): Partial<Record<Name, string[]>> {
  const list = (Array.isArray(value) ? value : [value])
    .filter((one): one is string => typeof one === 'string')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  return (list.length > 0 ? { [name]: list } : {}) as Partial<Record<Name, string[]>>;
}

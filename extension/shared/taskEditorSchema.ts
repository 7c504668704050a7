// The JSON Schema that VS Code completes and explains task.json with, in the usual place of one. It judges nothing: what
// is wrong is said by the editor of tasks, at the setting and in a sentence, wherever the file lies.
import type { EditorSchema } from './editorSchema';
import { choicesIn } from './schemaChoices';
import { taskJsonSchema } from './taskJsonSchema';

interface Judged extends EditorSchema {
  const?: unknown;
}

export function taskEditorSchema(): EditorSchema {
  const { anyOf = [] } = taskJsonSchema() as EditorSchema;
  return {
    description: 'A task of Adapter Lab: questions, how they are asked, and what counts as right.',
    properties: mergedProperties(anyOf),
  };
}

/** Of the protocols together: a name means in each of them what the first one says. */
function mergedProperties(branches: readonly EditorSchema[]): Record<string, EditorSchema> {
  const merged: Record<string, EditorSchema[]> = {};
  for (const { properties = {} } of branches) {
    for (const [name, schema] of Object.entries(properties)) (merged[name] ??= []).push(schema);
  }
  return Object.fromEntries(
    Object.entries(merged).map(([name, schemas]) => [name, suggested(schemas)]),
  );
}

function suggested(schemas: readonly Judged[]): EditorSchema {
  const [first] = schemas;
  const kinds = schemas.flatMap((schema) => [schema, ...(schema.anyOf ?? [])]);
  const choices = [...new Set(kinds.flatMap(choicesIn))];
  const inner = kinds.filter(({ properties }) => properties !== undefined);
  return {
    ...(first?.description !== undefined && { description: first.description }),
    ...(first?.default !== undefined && { default: first.default }),
    ...(inner.length > 0 && { properties: mergedProperties(inner) }),
    // Suggested, not demanded: any value fits the second.
    ...(choices.length > 0 && { anyOf: [{ enum: choices }, {}] }),
  };
}

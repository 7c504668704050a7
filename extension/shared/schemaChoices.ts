// The values that a part of a JSON Schema names.

export interface ChoiceSchema {
  const?: unknown;
  enum?: unknown[];
  type?: unknown;
}

export function choicesIn({ const: only, enum: choices, type }: ChoiceSchema): unknown[] {
  if (only !== undefined) return [only];
  return choices ?? (type === 'boolean' ? [true, false] : []);
}

// Settings as JSON gives them, by path.
import type { Path } from './experimentText';

export type Raw = Record<string, unknown>;

export function childAt(raw: Raw, path: Path): unknown {
  let value: unknown = raw;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) {
      return undefined;
    }
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** False when there is nothing at this path. */
export function removeAt(raw: Raw, path: Path): boolean {
  const last = path.at(-1);
  const parent = path.length === 1 ? raw : childAt(raw, path.slice(0, -1));
  if (last === undefined || typeof parent !== 'object' || parent === null) return false;
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else Reflect.deleteProperty(parent, last);
  return true;
}

/** False when something on the way is neither object nor list. */
export function setAt(raw: Raw, path: readonly string[], value: unknown): boolean {
  let parent: Raw = raw;
  for (const part of path.slice(0, -1)) {
    const next: unknown = (parent[part] ??= {});
    if (typeof next !== 'object' || next === null) return false;
    parent = next as Raw;
  }
  const last = path.at(-1);
  if (last === undefined) return false;
  parent[last] = value;
  return true;
}

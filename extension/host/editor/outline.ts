// An experiment file as it stands in an editor, half written or whole: where its settings are. Free of VS Code.
import { entryOf, gridCombinations } from '../../shared/experimentGrid';
import { findNodeAtLocation, getNodeValue, parseTree, type Node } from 'jsonc-parser';

export type Path = readonly (string | number)[];

/** Characters of the text, from the first up to but without the last. */
export interface Span {
  start: number;
  end: number;
}

export interface Outline {
  text: string;
  /** The object that the file holds; undefined while there is none. */
  root: Node | undefined;
}

export function outlineOf(text: string): Outline {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  return { text, root: tree?.type === 'object' ? tree : undefined };
}

export function nodeAt({ root }: Outline, path: Path): Node | undefined {
  return root && findNodeAtLocation(root, [...path]);
}

export function valueAt(outline: Outline, path: Path): unknown {
  const node = nodeAt(outline, path);
  return node === undefined ? undefined : (getNodeValue(node) as unknown);
}

export function spanOf({ offset, length }: Node): Span {
  return { start: offset, end: offset + length };
}

/** The name in front of a value. */
export function keySpan(outline: Outline, path: Path): Span | undefined {
  const parent = nodeAt(outline, path)?.parent;
  const key = parent?.type === 'property' ? parent.children?.[0] : undefined;
  return key && spanOf(key);
}

/** Dotted settings to the values that the grid gives them. */
export function gridOf(outline: Outline): Record<string, unknown[]> {
  const grid = valueAt(outline, ['grid']);
  if (typeof grid !== 'object' || grid === null || Array.isArray(grid)) return {};
  const lists = Object.entries(grid).filter((entry): entry is [string, unknown[]] =>
    Array.isArray(entry[1]),
  );
  return Object.fromEntries(lists);
}

export function runCount(outline: Outline): number {
  return gridCombinations(gridOf(outline), valueAt(outline, ['method'])).length;
}

/** Where a setting has its value from: its entry in the grid, or its own place; undefined where neither is. */
export function placeOf(outline: Outline, setting: string): Path | undefined {
  const entry = entryOf(gridOf(outline), setting);
  if (entry !== undefined) return ['grid', entry];
  const own = setting.split('.');
  return nodeAt(outline, own) === undefined ? undefined : own;
}

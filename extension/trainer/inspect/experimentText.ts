// Where settings stand in the text of an experiment file.
import { findNodeAtLocation, getNodeValue, type Node } from 'jsonc-parser';
import type { TextRange } from '../../shared/inspection';

export type Path = (string | number)[];

export class ExperimentText {
  private readonly lineStarts: number[];

  constructor(
    readonly text: string,
    private readonly tree: Node | undefined,
  ) {
    this.lineStarts = [0];
    for (const { index, 0: ending } of text.matchAll(/\r\n|\r|\n/g)) {
      this.lineStarts.push(index + ending.length);
    }
  }

  /** Path of a dotted setting as far as the text has it: keys may hold dots themselves. */
  pathOf(setting: string): Path {
    const path: Path = [];
    let node = this.tree;
    let rest = setting === '' ? [] : setting.split('.');
    while (node !== undefined && rest.length > 0) {
      const step = stepInto(node, rest);
      if (step === undefined) break;
      path.push(step.key);
      node = step.node;
      rest = rest.slice(step.length);
    }
    return path;
  }

  valueAt(path: Path): unknown {
    const node = this.find(path);
    return node === undefined ? undefined : (getNodeValue(node) as unknown);
  }

  /** Of the value, or of the name in front of it; of the nearest part around it where the text has no such path. */
  rangeOf(path: Path, part: 'key' | 'value'): TextRange {
    for (let length = path.length; length > 0; length -= 1) {
      const node = this.find(path.slice(0, length));
      if (node === undefined) continue;
      const key = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
      // A whole object underlined would hide what is wrong.
      const isLarge = node.type === 'object' || (node.type === 'array' && length < path.length);
      const shown = key !== undefined && (part === 'key' || isLarge || length < path.length);
      return this.range((shown ? key : node).offset, (shown ? key : node).length);
    }
    return this.range(this.tree?.offset ?? 0, 1);
  }

  range(offset: number, length: number): TextRange {
    const [line, column] = this.positionAt(offset);
    const [endLine, endColumn] = this.positionAt(offset + length);
    return { line, column, endLine, endColumn };
  }

  private find(path: Path): Node | undefined {
    return this.tree === undefined ? undefined : findNodeAtLocation(this.tree, path);
  }

  private positionAt(offset: number): [line: number, column: number] {
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return [low + 1, offset - (this.lineStarts[low] ?? 0) + 1];
  }
}

/** The child that the first parts name, the longest name first. */
function stepInto(
  node: Node,
  parts: string[],
): { key: string | number; node: Node; length: number } | undefined {
  if (node.type === 'array') {
    const index = Number(parts[0]);
    const child = node.children?.[index];
    return child === undefined ? undefined : { key: index, node: child, length: 1 };
  }
  for (let length = parts.length; length > 0; length -= 1) {
    const key = parts.slice(0, length).join('.');
    const child = findNodeAtLocation(node, [key]);
    if (child !== undefined) return { key, node: child, length };
  }
  return undefined;
}

// A file of lines of JSON that is only ever appended to. A line that a killed writer left unfinished is ended first,
// so that the next one stands for itself.
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

const lineFeed = 0x0a;

export class LineLog<Line extends object> {
  private readonly descriptor: number;

  /** Makes the folder. */
  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    const isUnfinished = existsSync(file) && !endsWithNewline(file);
    this.descriptor = openSync(file, 'a');
    if (isUnfinished) writeSync(this.descriptor, '\n');
  }

  append(lines: readonly Line[]): void {
    if (lines.length === 0) return;
    writeSync(this.descriptor, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/** Empty for a file that is not there. */
export function readIfThere(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** The value of a line; undefined for one that is not whole. */
export function parseOrUndefined(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

function endsWithNewline(file: string): boolean {
  const { size } = statSync(file);
  if (size === 0) return true;
  const descriptor = openSync(file, 'r');
  try {
    const last = new Uint8Array(1);
    readSync(descriptor, last, 0, 1, size - 1);
    return last[0] === lineFeed;
  } finally {
    closeSync(descriptor);
  }
}

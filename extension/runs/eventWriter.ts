// Appends to events.jsonl, one line an event, each with the next sequence number. What a killed writer left
// unfinished at the end is cut off when the file is opened.
import { closeSync, fsync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { Failure } from '../shared/failures';
import type { NewRunEvent, RunEvent } from '../shared/run';
import { runPaths } from './runPaths';
import { isDiskFull } from '../shared/systemError';

const syncDescriptor = promisify(fsync);
const newline = 0x0a;
const blockBytes = 64 * 1024;

export class EventWriter {
  /** No trainer wrote an event before this one. */
  readonly isFirst: boolean;

  private constructor(
    private readonly file: string,
    private readonly descriptor: number,
    private sizeBytes: number,
    private lastSeq: number,
  ) {
    this.isFirst = lastSeq === 0;
  }

  /** For the one process that holds the folder's lock. */
  static open(runFolder: string): EventWriter {
    const file = runPaths(runFolder).events;
    const descriptor = openSync(file, 'a+');
    const fileBytes = fstatSync(descriptor).size;
    const lines = wholeLinesBackwards(descriptor, fileBytes);
    const last = lines.next();
    const sizeBytes = last.done === true ? 0 : last.value.end;
    if (sizeBytes < fileBytes) ftruncateSync(descriptor, sizeBytes);
    let seq = last.done === true ? 0 : seqOf(last.value.text);
    for (const { text } of lines) {
      if (seq !== undefined) break;
      seq = seqOf(text);
    }
    return new EventWriter(file, descriptor, sizeBytes, seq ?? 0);
  }

  /** The event as written, numbered. */
  append(event: NewRunEvent): RunEvent {
    const numbered = { seq: this.lastSeq + 1, ...event };
    const line = Buffer.from(`${JSON.stringify(numbered)}\n`);
    this.write(line);
    this.sizeBytes += line.length;
    this.lastSeq += 1;
    return numbered;
  }

  /** Waits until all events so far are on the disk. */
  flush(): Promise<void> {
    return syncDescriptor(this.descriptor);
  }

  close(): void {
    closeSync(this.descriptor);
  }

  /** One call; where the disk took only a part, that part is taken back. */
  private write(line: Buffer): void {
    let taken = 0;
    try {
      taken = writeSync(this.descriptor, line);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    }
    if (taken === line.length) return;
    if (taken > 0) ftruncateSync(this.descriptor, this.sizeBytes);
    throw new Failure('disk-full', { file: this.file, neededBytes: line.length });
  }
}

/** Lines that have their newline, the last first; `end` is the offset behind it. */
function* wholeLinesBackwards(
  descriptor: number,
  sizeBytes: number,
): Generator<{ text: string; end: number }> {
  let start = sizeBytes;
  let held: Buffer = Buffer.alloc(0);
  /** Behind the newline that ends the line in the making. */
  let end: number | undefined;
  while (start > 0) {
    const length = Math.min(blockBytes, start);
    start -= length;
    const block = Buffer.alloc(length);
    readSync(descriptor, block, 0, length, start);
    held = Buffer.concat([block, held]);
    let at = held.lastIndexOf(newline);
    while (at >= 0) {
      if (end !== undefined) yield { text: held.subarray(at + 1).toString('utf8'), end };
      end = start + at + 1;
      held = held.subarray(0, at);
      at = held.lastIndexOf(newline);
    }
  }
  if (end !== undefined) yield { text: held.toString('utf8'), end };
}

/** Undefined for a line that is no event, as a power failure may leave one. */
function seqOf(line: string): number | undefined {
  try {
    const event = JSON.parse(line) as { seq?: unknown } | null;
    return typeof event?.seq === 'number' ? event.seq : undefined;
  } catch {
    return undefined;
  }
}

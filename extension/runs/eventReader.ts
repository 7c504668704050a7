// Reads events.jsonl, whole or as it grows. Only lines that have their newline count, so a line in the making
// is seen later, and characters of several bytes are never split.
import { open, type FileHandle } from 'node:fs/promises';
import { effectiveEvents, runEvent, type EventOf, type RunEvent } from '../shared/run';
import { runPaths } from './runPaths';
import { stepEventOf } from './stepLine';
import { errorCode } from '../shared/systemError';

const newline = 0x0a;
/** Some 700 events: reading them takes a few milliseconds, then others get a turn. */
const blockBytes = 128 * 1024;

/** All events that count: those made void by a resumed run are left out. */
export async function readEvents(folder: string): Promise<RunEvent[]> {
  return effectiveEvents((await new EventTail(folder).read()).events);
}

const figureLine = /"type":"(accuracy|choice|perplexity|resumed)"/;
export type FigureEvent = EventOf<'accuracy' | 'choice' | 'perplexity'>;

/** What evaluations found among them: other lines are not parsed, so that a long run costs little. */
export async function readFigures(folder: string): Promise<FigureEvent[]> {
  const { events } = await new EventTail(folder, (line) => figureLine.test(line)).read();
  return effectiveEvents(events).filter(isFigure);
}

function isFigure(event: RunEvent): event is FigureEvent {
  return event.type === 'accuracy' || event.type === 'choice' || event.type === 'perplexity';
}

export interface NewEvents {
  /** As written; `effectiveEvents` over all of them drops what a `resumed` event made void. */
  events: RunEvent[];
  /** The file was replaced by a shorter one: forget earlier events. */
  restarted: boolean;
}

/** Takes events block by block, as they stand in the file. */
export interface EventSink {
  /** The file was replaced by a shorter one: forget earlier events. */
  restart(): void;
  take(events: RunEvent[]): void;
}

/** Follows the file of one run; each call gives what came since the last. One call at a time. */
export class EventTail {
  private readonly file: string;
  /** Behind the last whole line that was given out. */
  private offsetBytes = 0;

  /** `accepts`: lines that are parsed; all of them when left out. */
  constructor(
    folder: string,
    private readonly accepts: (line: string) => boolean = () => true,
  ) {
    this.file = runPaths(folder).events;
  }

  async read(): Promise<NewEvents> {
    const events: RunEvent[] = [];
    let restarted = false;
    await this.readInto({
      restart: () => {
        restarted = true;
      },
      take: (block) => {
        for (const event of block) events.push(event);
      },
    });
    return { events, restarted };
  }

  async readInto(sink: EventSink): Promise<void> {
    const handle = await openIfThere(this.file);
    if (handle === undefined) return;
    try {
      const { size } = await handle.stat();
      if (size < this.offsetBytes) {
        this.offsetBytes = 0;
        sink.restart();
      }
      await this.readUpTo(size, handle, sink);
    } finally {
      await handle.close();
    }
  }

  /** What is written meanwhile is left for the next call: a fast writer must not be chased. */
  private async readUpTo(size: number, handle: FileHandle, sink: EventSink): Promise<void> {
    const block = Buffer.alloc(Math.min(blockBytes, size - this.offsetBytes));
    let held: Buffer[] = [];
    for (let at = this.offsetBytes; at < size;) {
      const { bytesRead } = await handle.read(block, 0, Math.min(block.length, size - at), at);
      if (bytesRead === 0) return;
      at += bytesRead;
      const end = block.subarray(0, bytesRead).lastIndexOf(newline) + 1;
      if (end > 0) {
        const lines = Buffer.concat([...held, block.subarray(0, end)]).toString('utf8');
        sink.take(eventsOf(lines, this.accepts));
        this.offsetBytes = at - bytesRead + end;
        held = [];
      }
      held.push(Buffer.from(block.subarray(end, bytesRead)));
    }
  }
}

function eventsOf(lines: string, accepts: (line: string) => boolean): RunEvent[] {
  const events: RunEvent[] = [];
  for (const line of lines.split('\n')) {
    const event = line === '' || !accepts(line) ? undefined : eventOf(line);
    if (event !== undefined) events.push(event);
  }
  return events;
}

/** A line that is no event of ours (garbage, or a later version's) is skipped. */
function eventOf(line: string): RunEvent | undefined {
  try {
    const raw: unknown = JSON.parse(line);
    return stepEventOf(raw) ?? runEvent.safeParse(raw).data;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

// Reads events.jsonl, whole or as it grows. Only lines that have their newline count, so a line in the making
// is seen later, and characters of several bytes are never split.
import { open, type FileHandle } from 'node:fs/promises';
import { effectiveEvents, runEvent, type RunEvent } from '../shared/run';
import { runPaths } from './runPaths';
import { errorCode } from './systemError';

const newline = 0x0a;
const blockBytes = 1024 * 1024;

/** All events that count: those made void by a resumed run are left out. */
export async function readEvents(folder: string): Promise<RunEvent[]> {
  return effectiveEvents((await new EventTail(folder).read()).events);
}

export interface NewEvents {
  /** As written; `effectiveEvents` over all of them drops what a `resumed` event made void. */
  events: RunEvent[];
  /** The file was replaced by a shorter one: forget earlier events. */
  restarted: boolean;
}

/** Follows the file of one run; `read` gives what came since the last call. One call at a time. */
export class EventTail {
  private readonly file: string;
  /** Behind the last whole line that was given out. */
  private offsetBytes = 0;

  constructor(folder: string) {
    this.file = runPaths(folder).events;
  }

  async read(): Promise<NewEvents> {
    const handle = await openIfThere(this.file);
    if (handle === undefined) return { events: [], restarted: false };
    try {
      const restarted = (await handle.stat()).size < this.offsetBytes;
      if (restarted) this.offsetBytes = 0;
      return { events: await this.readFrom(handle), restarted };
    } finally {
      await handle.close();
    }
  }

  private async readFrom(handle: FileHandle): Promise<RunEvent[]> {
    const events: RunEvent[] = [];
    const block = Buffer.alloc(blockBytes);
    let held: Buffer[] = [];
    for (let at = this.offsetBytes; ;) {
      const { bytesRead } = await handle.read(block, 0, blockBytes, at);
      if (bytesRead === 0) return events;
      at += bytesRead;
      const end = block.subarray(0, bytesRead).lastIndexOf(newline) + 1;
      if (end > 0) {
        const lines = Buffer.concat([...held, block.subarray(0, end)]).toString('utf8');
        for (const line of lines.split('\n')) pushEvent(events, line);
        this.offsetBytes = at - bytesRead + end;
        held = [];
      }
      held.push(Buffer.from(block.subarray(end, bytesRead)));
    }
  }
}

/** A line that is no event of ours (garbage, or a later version's) is skipped. */
function pushEvent(events: RunEvent[], line: string): void {
  if (line === '') return;
  try {
    const parsed = runEvent.safeParse(JSON.parse(line));
    if (parsed.success) events.push(parsed.data);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
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

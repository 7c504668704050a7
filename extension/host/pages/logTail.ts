// The end of a run's log and what is appended to it. Free of VS Code.
import { open } from 'node:fs/promises';
import type { LogChange } from '../../shared/pages/runPage';
import { runPaths } from '../../runs/runPaths';

/** Enough for every failure; a log of gigabytes opens as fast. */
const mostBytes = 64 * 1024;

export class LogTail {
  private offsetBytes = 0;
  /** Bytes of a character that is not whole yet. */
  private decoder = new TextDecoder();

  constructor(private readonly folder: string) {}

  /** What is new since the last call; undefined for nothing. */
  async read(): Promise<LogChange | undefined> {
    const handle = await open(runPaths(this.folder).log, 'r').catch(() => undefined);
    if (handle === undefined) return undefined;
    try {
      const { size } = await handle.stat();
      if (size === this.offsetBytes) return undefined;
      const isRestarted = size < this.offsetBytes || size - this.offsetBytes > mostBytes;
      const isFirst = this.offsetBytes === 0;
      const from = isRestarted ? Math.max(0, size - mostBytes) : this.offsetBytes;
      const bytes = Buffer.alloc(size - from);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
      this.offsetBytes = from + bytesRead;
      if (isRestarted) this.decoder = new TextDecoder();
      const text = this.decoder.decode(bytes.subarray(0, bytesRead), { stream: true });
      return {
        text: from > 0 && isRestarted ? afterFirstLine(text) : text,
        isCut: from > 0 && isRestarted,
        replaces: isRestarted || isFirst,
      };
    } finally {
      await handle.close();
    }
  }
}

/** Where the tail begins in the middle of a line. */
function afterFirstLine(text: string): string {
  return text.slice(text.indexOf('\n') + 1);
}

// Follows one run folder closely while a page shows it: each event reaches the page within a quarter of a
// second. The system's file events make it quick, polling makes it right where there are none. Free of VS Code.
import { watch, type FSWatcher } from 'node:fs';
import { EventTail } from '../../runs/eventReader';
import { readStatus } from '../../runs/status';
import type { RunEvent, StatusFile } from '../../shared/run';

const debounceMs = 40;
const pollMs = 1000;

export interface RunNews {
  /** As written: `effectiveEvents` over all of them drops what a `resumed` event made void. */
  events: RunEvent[];
  /** Earlier events are void: the file was replaced. */
  restarted: boolean;
  /** Undefined if it is missing or half copied. */
  status: StatusFile | undefined;
}

export class RunFeed {
  private readonly tail: EventTail;
  private watcher: FSWatcher | undefined;
  private readonly poll: NodeJS.Timeout;
  private pending: NodeJS.Timeout | undefined;
  private reading: Promise<unknown> = Promise.resolve();
  private lastStatus = '';
  private disposed = false;

  constructor(
    readonly folder: string,
    private readonly onNews: (news: RunNews) => void,
  ) {
    this.tail = new EventTail(folder);
    this.poll = setInterval(() => {
      this.look();
    }, pollMs);
  }

  /** Everything so far; news follow on it. */
  async start(): Promise<RunNews> {
    const first = this.reading.then(() => this.read());
    this.reading = first.catch(() => undefined);
    const news = await first;
    this.watch();
    return news;
  }

  dispose(): void {
    this.disposed = true;
    clearInterval(this.poll);
    clearTimeout(this.pending);
    this.watcher?.close();
  }

  private watch(): void {
    if (this.disposed || this.watcher !== undefined) return;
    try {
      this.watcher = watch(this.folder, { persistent: false }, () => {
        this.pending ??= setTimeout(() => {
          this.pending = undefined;
          this.look();
        }, debounceMs);
      });
      this.watcher.on('error', () => {
        this.watcher?.close();
        this.watcher = undefined;
      });
    } catch {
      // The system refuses, or the folder is gone: polling does it alone.
    }
  }

  private look(): void {
    if (this.disposed) return;
    this.reading = this.reading.then(async () => {
      if (this.disposed) return;
      this.watch();
      const before = this.lastStatus;
      const news = await this.read();
      const isNew = news.events.length > 0 || news.restarted || this.lastStatus !== before;
      if (isNew && !this.isDisposed()) this.onNews(news);
    });
    // What cannot be read now is read at the next look.
    this.reading = this.reading.catch(() => undefined);
  }

  /** It may have happened while a read was waited for. */
  private isDisposed(): boolean {
    return this.disposed;
  }

  private async read(): Promise<RunNews> {
    const { events, restarted } = await this.tail.read();
    const status = readStatus(this.folder);
    this.lastStatus = JSON.stringify(status);
    return { events, restarted, status };
  }
}

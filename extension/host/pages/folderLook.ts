// Looks into one run folder whenever it may have changed: soon after the system says so, every second where it
// says nothing, one look at a time. Free of VS Code.
import { watch, type FSWatcher } from 'node:fs';

/** A step writes several files within a few milliseconds. */
const settleMs = 30;
/** Between two looks: often enough for the eye, seldom enough to cost nothing. */
const apartMs = 100;
const pollMs = 1000;

export class FolderLook {
  private watcher: FSWatcher | undefined;
  private readonly poll: NodeJS.Timeout;
  private pending: NodeJS.Timeout | undefined;
  private looking: Promise<unknown> = Promise.resolve();
  private lastLookMs = 0;
  private disposed = false;

  constructor(
    private readonly folder: string,
    private readonly look: () => Promise<void>,
  ) {
    this.poll = setInterval(() => {
      this.now().catch(() => undefined);
    }, pollMs);
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  /** A look, after the one that is being taken; what it throws is its caller's. */
  now(): Promise<void> {
    const next = this.looking.then(async () => {
      if (this.disposed) return;
      this.watch();
      this.lastLookMs = Date.now();
      await this.look();
    });
    // What cannot be read now is read at the next look.
    this.looking = next.catch(() => undefined);
    return next;
  }

  dispose(): void {
    this.disposed = true;
    clearInterval(this.poll);
    clearTimeout(this.pending);
    this.watcher?.close();
  }

  private soon(): void {
    if (this.disposed) return;
    const waitMs = Math.max(settleMs, this.lastLookMs + apartMs - Date.now());
    this.pending ??= setTimeout(() => {
      this.pending = undefined;
      this.now().catch(() => undefined);
    }, waitMs);
  }

  private watch(): void {
    if (this.disposed || this.watcher !== undefined) return;
    try {
      this.watcher = watch(this.folder, { persistent: false }, () => {
        this.soon();
      });
      this.watcher.on('error', () => {
        this.watcher?.close();
        this.watcher = undefined;
      });
    } catch {
      // The system refuses, or the folder is gone: polling does it alone.
    }
  }
}

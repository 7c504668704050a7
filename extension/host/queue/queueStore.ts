// The queue of this machine as the sidebar shows it, and the changes to it; free of VS Code. Other windows and
// shells change it too: its file is the truth, and what reads it is loaded with the first look.
import { mkdirSync, statSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import type { Queue } from '../../launch/queueFile';
import { isActive, type RunView } from '../runModel';
import type { RunStore } from '../runStore';
import { emptyQueue, type QueueContent } from './queueModel';

const pollMs = 2000;
/** A driver that was killed is missed so many polls later at the latest. */
const pollsADriverCheck = 4;

export interface QueueOptions {
  /** Of this machine and user. */
  directory: string;
  /** dist/cli.js, which drives. */
  cliFile: string;
  store: RunStore;
  /** Whether this window may start what waits. */
  mayDrive: () => boolean;
  onProblem: (sentence: string) => void;
}

export class QueueStore {
  private shown: QueueContent = emptyQueue;
  private readonly listeners = new Set<() => void>();
  /** Runs of other workspaces: the store of this one does not know them. */
  private readonly foreign = new Map<string, RunView>();
  private watcher: FSWatcher | undefined;
  private timer: NodeJS.Timeout | undefined;
  private following: { dispose(): void } | undefined;
  private reading: Promise<void> | undefined;
  /** Looks that were asked for. */
  private asked = 0;
  private polls = 0;
  /** Runs that the queue names. */
  private named = 0;
  private isDisposed = false;

  constructor(private readonly options: QueueOptions) {}

  get content(): QueueContent {
    return this.shown;
  }

  get directory(): string {
    return this.options.directory;
  }

  onDidChange(listener: () => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  /** Begins to follow the queue, and starts a driver if one is missing. */
  async open(): Promise<void> {
    if (this.timer === undefined && !this.isDisposed) {
      mkdirSync(this.directory, { recursive: true });
      this.watchFile();
      this.timer = setInterval(() => void this.poll(), pollMs);
      this.timer.unref();
      this.following = this.options.store.onDidChange(() => {
        if (this.named > 0) void this.refresh();
      });
    }
    await this.refresh();
    await this.drive();
  }

  dispose(): void {
    this.isDisposed = true;
    clearInterval(this.timer);
    this.watcher?.close();
    this.following?.dispose();
    this.listeners.clear();
  }

  /** Changes the order or the settings of the queue, for all windows. */
  async change(change: (queue: Queue) => Queue): Promise<void> {
    const { changeQueue } = await import('../../launch/queueFile');
    await changeQueue(this.directory, change);
    await this.changed();
  }

  /** Runs wait; those that had stopped will go on. */
  async join(
    folders: readonly string[],
    place: (queue: Queue, folders: readonly string[]) => Queue,
  ): Promise<void> {
    const { joinQueue } = await import('../../launch/queueRuns');
    await joinQueue(this.directory, folders, place);
    await this.options.store.read(folders);
    await this.changed();
  }

  /** Runs no longer wait: they are stopped. */
  async leave(folders: readonly string[]): Promise<void> {
    const { leaveQueue } = await import('../../launch/queueRuns');
    await leaveQueue(this.directory, folders);
    await this.options.store.read(folders.filter((one) => this.options.store.find(one)));
    await this.changed();
  }

  /** Looks again; one look at a time, and one more if asked meanwhile. */
  refresh(): Promise<void> {
    this.asked += 1;
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async changed(): Promise<void> {
    await this.refresh();
    await this.drive();
  }

  private async poll(): Promise<void> {
    this.polls += 1;
    if (this.watcher === undefined) this.watchFile();
    if (this.foreign.size > 0 || this.watcher === undefined) await this.refresh();
    if (this.polls % pollsADriverCheck === 0) await this.drive();
  }

  private watchFile(): void {
    try {
      const watcher = watch(this.directory, { persistent: false }, (_, name) => {
        if (name === null || name === 'queue.json') void this.refresh();
      });
      watcher.on('error', () => {
        watcher.close();
        this.watcher = undefined;
      });
      this.watcher = watcher;
    } catch {
      // The system has no more watches: polling does it alone.
    }
  }

  private async read(): Promise<void> {
    let seen: number;
    do {
      seen = this.asked;
      try {
        const { readQueue } = await import('../../launch/queueFile');
        this.show(await this.contentOf(readQueue(this.directory)));
      } catch (error) {
        this.options.onProblem(String(error));
      }
    } while (seen !== this.asked);
  }

  private async contentOf({ paused, parallel, folders, running }: Queue): Promise<QueueContent> {
    this.named = folders.length + running.length;
    await this.readForeign([...folders, ...running]);
    const views = (list: string[]): RunView[] =>
      list.flatMap((folder) => this.options.store.find(folder) ?? this.foreign.get(folder) ?? []);
    return {
      paused,
      parallel,
      running: views(running).filter(
        ({ status }) => isActive(status.state) || status.state === 'queued',
      ),
      waiting: views(folders).filter(({ status }) => status.state === 'queued'),
    };
  }

  private async readForeign(folders: readonly string[]): Promise<void> {
    const unknown = folders.filter((folder) => this.options.store.find(folder) === undefined);
    for (const folder of this.foreign.keys()) {
      if (!unknown.includes(folder)) this.foreign.delete(folder);
    }
    if (unknown.length === 0) return;
    const { readListedRun } = await import('../../runs/runsDirectory');
    for (const folder of unknown) {
      const read = readListedRun(folder);
      if (read === undefined || !('run' in read) || read.status === undefined) {
        this.foreign.delete(folder);
      } else {
        const { run, status, tags } = read;
        this.foreign.set(folder, { folder, run, status, tags });
      }
    }
  }

  private show(content: QueueContent): void {
    const before = this.shown;
    const isUnchanged =
      content.paused === before.paused &&
      content.parallel === before.parallel &&
      areSame(content.running, before.running) &&
      areSame(content.waiting, before.waiting);
    if (isUnchanged) return;
    this.shown = content;
    for (const listener of [...this.listeners]) listener();
  }

  private async drive(): Promise<void> {
    if (this.isDisposed || !this.options.mayDrive()) return;
    if (statSync(join(this.directory, 'queue.json'), { throwIfNoEntry: false }) === undefined)
      return;
    const { driveQueue } = await import('../../launch/queueProcess');
    try {
      driveQueue(this.directory, this.options.cliFile);
    } catch (error) {
      this.options.onProblem(String(error));
    }
  }
}

function areSame(some: readonly RunView[], others: readonly RunView[]): boolean {
  return some.length === others.length && some.every((view, index) => isSame(view, others[index]));
}

function isSame(view: RunView, other: RunView | undefined): boolean {
  if (view === other) return true;
  return (
    view.folder === other?.folder && JSON.stringify(view.status) === JSON.stringify(other.status)
  );
}

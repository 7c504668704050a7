// Tells which runs of a folder changed. The system's file events make it quick where they work; polling makes
// it right everywhere else (network file systems send no events, and watches are limited in number).
import { statSync, watch, type FSWatcher, type Stats } from 'node:fs';
import { basename, resolve } from 'node:path';
import { signatureOf } from './fileSignature';
import { mayBeRun, runPaths } from './runPaths';
import { runFolders } from './runsDirectory';
import { Turns } from './turns';

export interface WatchOptions {
  pollMs?: number;
  /** Changes are collected for so long. */
  debounceMs?: number;
}

/** Called with absolute run folders: new, changed or gone. */
export type OnRunsChanged = (folders: string[]) => void;

export interface RunsWatch {
  /** What was there at the beginning, as `runFolders` gives it; later changes are told. */
  readonly listed: Promise<string[]>;
  dispose(): void;
}

export function watchRuns(
  runsDirectory: string,
  onChange: OnRunsChanged,
  options: WatchOptions = {},
): RunsWatch {
  return new RunsWatcher(resolve(runsDirectory), onChange, options);
}

/** Runs that changed lately are looked at in every poll and have a watch of their own. */
const recentMs = 120_000;
const largestWatched = 200;
/** Of the others, so many a poll. */
const quietRunsAPoll = 200;

interface SeenRun {
  signature: string;
  changedAt: number;
  watcher?: FSWatcher;
}

class RunsWatcher implements RunsWatch {
  readonly listed: Promise<string[]>;
  private readonly seen = new Map<string, SeenRun>();
  private readonly changed = new Set<string>();
  private directoryWatcher: FSWatcher | undefined;
  private pollTimer: NodeJS.Timeout | undefined;
  private reportTimer: NodeJS.Timeout | undefined;
  private quietAt = 0;
  private watched = 0;
  private disposed = false;
  /** The first look only learns what is there. */
  private learned = false;

  constructor(
    private readonly directory: string,
    private readonly onChange: OnRunsChanged,
    private readonly options: WatchOptions,
  ) {
    this.listed = runFolders(directory);
    void this.poll(this.listed);
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.pollTimer);
    clearTimeout(this.reportTimer);
    this.directoryWatcher?.close();
    for (const run of this.seen.values()) run.watcher?.close();
    this.seen.clear();
  }

  private async poll(listing: Promise<string[]>): Promise<void> {
    try {
      const folders = await listing;
      if (this.disposed) return;
      this.directoryWatcher ??= this.open(this.directory, (name) => {
        this.directoryChanged(name);
      });
      const turns = new Turns();
      await turns.yield();
      await this.compareFolders(folders, turns);
      await turns.yield();
      await this.compareRuns(folders, turns);
      this.learned = true;
    } catch {
      // The folder cannot be read just now; the next poll tries again.
    }
    if (this.disposed) return;
    this.pollTimer = setTimeout(() => {
      void this.poll(runFolders(this.directory));
    }, this.options.pollMs ?? 2000);
    this.pollTimer.unref();
  }

  /** New and deleted folders. */
  private async compareFolders(folders: string[], turns: Turns): Promise<void> {
    for (const folder of folders) {
      if (this.seen.has(folder)) continue;
      if (turns.isOver) await turns.yield();
      this.seen.set(folder, lookAt(folder));
      if (this.learned) this.report(folder);
    }
    const present = new Set(folders);
    for (const folder of this.seen.keys()) {
      if (present.has(folder)) continue;
      this.forget(folder);
      this.report(folder);
    }
  }

  private async compareRuns(folders: string[], turns: Turns): Promise<void> {
    if (this.disposed) return;
    const now = Date.now();
    const isRecent = (folder: string) => now - (this.seen.get(folder)?.changedAt ?? 0) < recentMs;
    const quiet = folders.filter((folder) => !isRecent(folder));
    if (this.quietAt >= quiet.length) this.quietAt = 0;
    const turn = quiet.slice(this.quietAt, this.quietAt + quietRunsAPoll);
    this.quietAt += quietRunsAPoll;
    for (const folder of turn) this.stopWatching(folder);
    for (const folder of [...folders.filter(isRecent), ...turn]) {
      if (turns.isOver) await turns.yield();
      this.compareRun(folder);
    }
  }

  private compareRun(folder: string): void {
    const run = this.seen.get(folder);
    if (run === undefined) return;
    const { signature } = lookAt(folder);
    if (signature === run.signature) return;
    run.signature = signature;
    run.changedAt = Date.now();
    this.report(folder);
    if (run.watcher !== undefined || this.watched >= largestWatched) return;
    run.watcher = this.open(folder, () => {
      this.compareRun(folder);
    });
    if (run.watcher !== undefined) this.watched += 1;
  }

  private directoryChanged(name: string | null): void {
    if (name === null || !mayBeRun(name)) return;
    const folder = resolve(this.directory, name);
    const found = lookAt(folder);
    if (found.signature === '') this.forget(folder);
    else if (!this.seen.has(folder)) this.seen.set(folder, found);
    this.report(folder);
  }

  private forget(folder: string): void {
    this.stopWatching(folder);
    this.seen.delete(folder);
  }

  private stopWatching(folder: string): void {
    const run = this.seen.get(folder);
    if (run?.watcher === undefined) return;
    run.watcher.close();
    delete run.watcher;
    this.watched -= 1;
  }

  /** Undefined where the system refuses: polling does it alone. */
  private open(folder: string, onEvent: (name: string | null) => void): FSWatcher | undefined {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (this.disposed) return;
        if (folder === this.directory && name === basename(folder)) this.closeDirectoryWatcher();
        onEvent(name);
      });
      watcher.on('error', () => {
        watcher.close();
        if (folder === this.directory) this.directoryWatcher = undefined;
        else this.stopWatching(folder);
      });
      return watcher;
    } catch {
      return undefined;
    }
  }

  /** A watched folder that is deleted reports its own name; its successor needs a new watch. */
  private closeDirectoryWatcher(): void {
    this.directoryWatcher?.close();
    this.directoryWatcher = undefined;
  }

  private report(folder: string): void {
    this.changed.add(folder);
    if (this.disposed || this.reportTimer !== undefined) return;
    this.reportTimer = setTimeout(() => {
      this.reportTimer = undefined;
      const folders = [...this.changed];
      this.changed.clear();
      this.onChange(folders);
    }, this.options.debounceMs ?? 200);
    this.reportTimer.unref();
  }
}

/** The signature changes whenever a file of the run's own level does; it is empty if the folder is gone. */
function lookAt(folder: string): SeenRun {
  const paths = runPaths(folder);
  const files = [folder, paths.status, paths.events, paths.checkpoints, paths.results, paths.tags];
  const stats = files.map(statIfReadable);
  if (stats[0] === undefined) return { signature: '', changedAt: 0 };
  return {
    signature: stats.map((stat) => stat && signatureOf(stat)).join(' '),
    changedAt: Math.max(...stats.map((stat) => stat?.mtimeMs ?? 0)),
  };
}

function statIfReadable(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

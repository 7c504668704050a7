// Every run of the folders that are watched, as the sidebar shows them; free of VS Code. Folders are the truth:
// this only remembers what was read of them, and reads again what changed. What reads folders is loaded with
// the first of them: an activation has no use for it.
import { dirname } from 'node:path';
import type { RunFileCache } from '../runs/runFileCache';
import type { BrokenRun, ListedRun } from '../runs/runsDirectory';
import type { RunsWatch, WatchOptions } from '../runs/runsWatcher';
import type { StatusFile } from '../shared/run';
import type { DetailsReader } from './detailsReader';
import type { RunDetails } from './runDetails';
import { isActive, type RunView } from './runModel';

/** A trainer that dies changes no file: runs that should be alive are looked at so often. */
const aliveCheckMs = 5000;

/** A long list appears at once with its newest runs, and grows at this pace. */
const growthMs = 250;

interface Owned {
  dispose(): void;
}

/** `folders`: of the runs that came, went or changed; undefined if all may have. */
type Listener = (folders?: readonly string[]) => void;

/** What reads run folders. */
interface Reading {
  readListedRun: (folder: string) => ListedRun | BrokenRun | undefined;
  emptyStatus: () => StatusFile;
}

export class RunStore {
  private readonly known = new Map<string, RunView>();
  private readonly watched = new Map<string, RunsWatch>();
  private readonly listeners = new Set<Listener>();
  private reader: DetailsReader | undefined;
  private readonly timer: NodeJS.Timeout;
  private listed: readonly RunView[] | undefined;
  private cache: RunFileCache | undefined;
  private loading: Promise<void> = Promise.resolve();

  /** `onProblem` is told of folders that look like runs and cannot be read. */
  constructor(
    private readonly onProblem: (sentence: string) => void,
    private readonly options: WatchOptions = {},
  ) {
    this.timer = setInterval(() => {
      void this.readAgain(this.views.filter(({ status }) => isActive(status.state)));
    }, aliveCheckMs);
    this.timer.unref();
  }

  get views(): readonly RunView[] {
    return (this.listed ??= [...this.known.values()]);
  }

  find(folder: string): RunView | undefined {
    return this.known.get(folder);
  }

  onDidChange(listener: Listener): Owned {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  /** Checkpoints, accuracies and warnings, read when asked for. */
  async details(folder: string): Promise<RunDetails> {
    const { DetailsReader } = await import('./detailsReader');
    this.reader ??= new DetailsReader();
    return this.reader.read(folder);
  }

  /** Watches exactly these folders of runs; done when those that are new were read. */
  watch(directories: readonly string[]): Promise<void> {
    this.loading = this.loading.then(() => this.watchOnly(new Set(directories)));
    return this.loading;
  }

  /** Reads every folder again. */
  async refresh(): Promise<void> {
    const { runFolders } = await import('../runs/runsDirectory');
    const directories = [...this.watched.keys()];
    const load = async (directory: string) => this.load(directory, await runFolders(directory));
    await Promise.all(directories.map(load));
    this.changed();
  }

  /** Reads these runs now, without waiting for the watcher. */
  async read(folders: readonly string[]): Promise<void> {
    const reading = await this.reading();
    const { Turns } = await import('../runs/turns');
    const turns = new Turns();
    for (const folder of folders) {
      if (turns.isOver) await turns.yield();
      this.readOne(folder, reading);
    }
    this.changed(folders);
  }

  dispose(): void {
    clearInterval(this.timer);
    for (const watcher of this.watched.values()) watcher.dispose();
    this.watched.clear();
    this.listeners.clear();
  }

  private async watchOnly(wanted: ReadonlySet<string>): Promise<void> {
    for (const [directory, watcher] of this.watched) {
      if (!wanted.has(directory)) this.forget(directory, watcher);
    }
    const { watchRuns } = await import('../runs/runsWatcher');
    const added = [...wanted].filter((directory) => !this.watched.has(directory));
    const load = async (directory: string): Promise<void> => {
      const onChange = (folders: string[]): void => void this.read(folders);
      const watcher = watchRuns(directory, onChange, this.options);
      this.watched.set(directory, watcher);
      await this.load(directory, await watcher.listed);
    };
    await Promise.all(added.map(load));
  }

  private forget(directory: string, watcher: Owned): void {
    watcher.dispose();
    this.watched.delete(directory);
    for (const folder of this.known.keys()) {
      if (dirname(folder) === directory) this.known.delete(folder);
    }
    this.changed();
  }

  private async load(directory: string, folders: readonly string[]): Promise<void> {
    const { Turns } = await import('../runs/turns');
    const reading = await this.reading();
    const present = new Set(folders);
    let read = [...this.known.keys()].filter(
      (folder) => dirname(folder) === directory && !present.has(folder),
    );
    for (const folder of read) this.known.delete(folder);
    const turns = new Turns();
    await turns.yield();
    let toldMs = 0;
    for (const folder of folders) {
      if (turns.isOver) {
        await turns.yield();
        if (!this.watched.has(directory)) return;
        if (performance.now() - toldMs > growthMs) {
          this.changed(read);
          read = [];
          toldMs = performance.now();
          await turns.yield();
        }
      }
      this.readOne(folder, reading);
      read.push(folder);
    }
    if (read.length > 0) this.changed(read);
  }

  private async reading(): Promise<Reading> {
    const [{ readListedRun }, { emptyStatus }, { RunFileCache }] = await Promise.all([
      import('../runs/runsDirectory'),
      import('../runs/status'),
      import('../runs/runFileCache'),
    ]);
    const cache = (this.cache ??= new RunFileCache());
    return { readListedRun: (folder) => readListedRun(folder, cache), emptyStatus };
  }

  /** A status that is missing or half copied is the one seen before. */
  private readOne(folder: string, { readListedRun, emptyStatus }: Reading): void {
    const found = readListedRun(folder);
    if (found === undefined) {
      this.known.delete(folder);
      this.reader?.forget(folder);
      this.cache?.forget(folder);
    } else if ('run' in found) {
      const { run, tags } = found;
      const status = found.status ?? this.known.get(folder)?.status ?? emptyStatus();
      this.known.set(folder, { folder, run, status, tags });
    } else {
      this.onProblem(found.problem);
    }
  }

  /** Says nothing when all is as it was. */
  private async readAgain(views: readonly RunView[]): Promise<void> {
    if (views.length === 0) return;
    const { readListedRun } = await this.reading();
    const dead = views.filter((view) => {
      const read = readListedRun(view.folder);
      const state = read !== undefined && 'run' in read ? read.status?.state : undefined;
      return state !== view.status.state;
    });
    if (dead.length > 0) await this.read(dead.map(({ folder }) => folder));
  }

  private changed(folders?: readonly string[]): void {
    this.listed = undefined;
    for (const listener of [...this.listeners]) listener(folders);
  }
}

// Every run of the folders that are watched, as the sidebar shows them; free of VS Code. Folders are the truth:
// this only remembers what was read of them, and reads again what changed.
import { emptyStatus } from '../runs/status';
import { listRuns, readListedRun, type ListedRun } from '../runs/runsDirectory';
import { watchRuns, type WatchOptions } from '../runs/runsWatcher';
import { DetailsReader } from './detailsReader';
import type { RunDetails } from './runDetails';
import { isActive, type RunView } from './runModel';

/** A trainer that dies changes no file: runs that should be alive are looked at so often. */
const aliveCheckMs = 5000;

interface Owned {
  dispose(): void;
}

export class RunStore {
  private readonly known = new Map<string, RunView>();
  private readonly watched = new Map<string, Owned>();
  private readonly listeners = new Set<() => void>();
  private readonly reader = new DetailsReader();
  private readonly timer: NodeJS.Timeout;
  private sorted: readonly RunView[] | undefined;
  private loading: Promise<void> = Promise.resolve();

  /** `onProblem` is told of folders that look like runs and cannot be read. */
  constructor(
    private readonly onProblem: (sentence: string) => void,
    private readonly options: WatchOptions = {},
  ) {
    this.timer = setInterval(() => {
      this.readAgain(this.views.filter(({ status }) => isActive(status.state)));
    }, aliveCheckMs);
    this.timer.unref();
  }

  get views(): readonly RunView[] {
    return (this.sorted ??= [...this.known.values()]);
  }

  find(folder: string): RunView | undefined {
    return this.known.get(folder);
  }

  onDidChange(listener: () => void): Owned {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  /** Checkpoints, accuracies and warnings, read when asked for. */
  details(folder: string): Promise<RunDetails> {
    return this.reader.read(folder);
  }

  /** Watches exactly these folders of runs; done when those that are new were read. */
  watch(directories: readonly string[]): Promise<void> {
    const wanted = new Set(directories);
    for (const [directory, watcher] of this.watched) {
      if (wanted.has(directory)) continue;
      watcher.dispose();
      this.watched.delete(directory);
      for (const folder of this.known.keys()) {
        if (folder.startsWith(directory)) this.known.delete(folder);
      }
      this.changed();
    }
    const added = [...wanted].filter((directory) => !this.watched.has(directory));
    for (const directory of added) {
      const onChange = (folders: string[]): void => {
        this.read(folders);
      };
      this.watched.set(directory, watchRuns(directory, onChange, this.options));
    }
    this.loading = Promise.all([this.loading, ...added.map((one) => this.load(one))]).then(
      () => undefined,
    );
    return this.loading;
  }

  /** Reads every folder again. */
  async refresh(): Promise<void> {
    this.known.clear();
    await Promise.all([...this.watched.keys()].map((directory) => this.load(directory)));
    this.changed();
  }

  /** Reads these runs now, without waiting for the watcher. */
  read(folders: readonly string[]): void {
    for (const folder of folders) {
      const read = readListedRun(folder);
      if (read === undefined) {
        this.known.delete(folder);
        this.reader.forget(folder);
      } else if ('run' in read) {
        this.keep(read);
      } else {
        this.onProblem(read.problem);
      }
    }
    this.changed();
  }

  dispose(): void {
    clearInterval(this.timer);
    for (const watcher of this.watched.values()) watcher.dispose();
    this.watched.clear();
    this.listeners.clear();
  }

  private async load(directory: string): Promise<void> {
    const { runs, broken } = await listRuns(directory);
    if (!this.watched.has(directory)) return;
    for (const run of runs) this.keep(run);
    for (const { problem } of broken) this.onProblem(problem);
    if (runs.length > 0) this.changed();
  }

  /** Says nothing when all is as it was. */
  private readAgain(views: readonly RunView[]): void {
    const dead = views.filter((view) => {
      const read = readListedRun(view.folder);
      const state = read !== undefined && 'run' in read ? read.status?.state : undefined;
      return state !== view.status.state;
    });
    if (dead.length > 0) this.read(dead.map(({ folder }) => folder));
  }

  /** A status that is missing or half copied is the one seen before. */
  private keep({ folder, run, status }: ListedRun): void {
    const before = this.known.get(folder)?.status;
    this.known.set(folder, { folder, run, status: status ?? before ?? emptyStatus() });
  }

  private changed(): void {
    this.sorted = undefined;
    for (const listener of [...this.listeners]) listener();
  }
}

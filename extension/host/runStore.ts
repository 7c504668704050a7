// Every run of the folders that are watched, as the sidebar shows them; free of VS Code. Folders are the truth:
// this only remembers what was read of them, and reads again what changed. What reads folders is loaded with
// the first of them: an activation has no use for it.
import { dirname } from 'node:path';
import type { ListedRun } from '../runs/runsDirectory';
import type { WatchOptions } from '../runs/runsWatcher';
import type { DetailsReader } from './detailsReader';
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
  private reader: DetailsReader | undefined;
  private readonly timer: NodeJS.Timeout;
  private sorted: readonly RunView[] | undefined;
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
    this.known.clear();
    await Promise.all([...this.watched.keys()].map((directory) => this.load(directory)));
    this.changed();
  }

  /** Reads these runs now, without waiting for the watcher. */
  async read(folders: readonly string[]): Promise<void> {
    const { readListedRun } = await import('../runs/runsDirectory');
    for (const folder of folders) {
      const read = readListedRun(folder);
      if (read === undefined) {
        this.known.delete(folder);
        this.reader?.forget(folder);
      } else if ('run' in read) {
        await this.keep(read);
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

  private async watchOnly(wanted: ReadonlySet<string>): Promise<void> {
    for (const [directory, watcher] of this.watched) {
      if (!wanted.has(directory)) this.forget(directory, watcher);
    }
    const { watchRuns } = await import('../runs/runsWatcher');
    const added = [...wanted].filter((directory) => !this.watched.has(directory));
    for (const directory of added) {
      const onChange = (folders: string[]): void => void this.read(folders);
      this.watched.set(directory, watchRuns(directory, onChange, this.options));
    }
    await Promise.all(added.map((directory) => this.load(directory)));
  }

  private forget(directory: string, watcher: Owned): void {
    watcher.dispose();
    this.watched.delete(directory);
    for (const folder of this.known.keys()) {
      if (dirname(folder) === directory) this.known.delete(folder);
    }
    this.changed();
  }

  private async load(directory: string): Promise<void> {
    const { listRuns } = await import('../runs/runsDirectory');
    const { runs, broken } = await listRuns(directory);
    if (!this.watched.has(directory)) return;
    for (const run of runs) await this.keep(run);
    for (const { problem } of broken) this.onProblem(problem);
    if (runs.length > 0) this.changed();
  }

  /** Says nothing when all is as it was. */
  private async readAgain(views: readonly RunView[]): Promise<void> {
    if (views.length === 0) return;
    const { readListedRun } = await import('../runs/runsDirectory');
    const dead = views.filter((view) => {
      const read = readListedRun(view.folder);
      const state = read !== undefined && 'run' in read ? read.status?.state : undefined;
      return state !== view.status.state;
    });
    if (dead.length > 0) await this.read(dead.map(({ folder }) => folder));
  }

  /** A status that is missing or half copied is the one seen before. */
  private async keep({ folder, run, status, tags }: ListedRun): Promise<void> {
    const { emptyStatus } = await import('../runs/status');
    const before = this.known.get(folder)?.status;
    this.known.set(folder, {
      folder,
      run,
      status: status ?? before ?? emptyStatus(),
      tags,
    });
  }

  private changed(): void {
    this.sorted = undefined;
    for (const listener of [...this.listeners]) listener();
  }
}

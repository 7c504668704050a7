// Keeps the rows of the accuracy tables up to date while a page shows them: what is being written is looked at
// every second, the rest a part at a time. Free of VS Code.
import { readEvaluation } from '../../runs/evaluations';
import { readFigures } from '../../runs/eventReader';
import type { ResultsReader } from '../../runs/results';
import type { AccuracyRow } from '../../shared/pages/accuracyPage';
import { isActive } from '../../shared/runWords';
import type { RunView } from '../runModel';
import { modelRow, runRows } from './accuracyRows';

export interface AccuracySource {
  results: ResultsReader;
  /** Those that the page is about. */
  runs(): readonly RunView[];
  /** Folders that may hold an evaluation.json. */
  evaluations(): Promise<readonly string[]>;
}

export interface AccuracyNews {
  changed: AccuracyRow[];
  /** Ids. */
  removed: string[];
  unevaluatedRuns: number;
}

/** Where rows come from: a run's folder or an evaluation's. */
interface Subject {
  view: RunView | undefined;
  rows: AccuracyRow[];
  text: string;
  isHot: boolean;
}

const pollMs = 1000;
/** Of those where nothing is written, so many a poll. */
const quietAPoll = 100;
/** Longest that rows which are read wait to be told. */
const tellMs = 250;

export class AccuracyFeed {
  private readonly subjects = new Map<string, Subject>();
  private timer: NodeJS.Timeout | undefined;
  private quietAt = 0;
  private disposed = false;
  private changed = new Map<string, AccuracyRow>();
  private removed = new Set<string>();
  private toldMs = Date.now();
  private toldUnevaluated = 0;

  constructor(
    private readonly source: AccuracySource,
    private readonly onNews: (news: AccuracyNews) => void,
  ) {}

  get rows(): AccuracyRow[] {
    return [...this.subjects.values()].flatMap(({ rows }) => rows);
  }

  get unevaluatedRuns(): number {
    return [...this.subjects.values()].filter(({ view, rows }) => view && rows.length === 0).length;
  }

  /** Reads everything once, telling as it goes, then looks again by itself. */
  async start(): Promise<void> {
    await this.look(true);
    this.schedule();
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.disposed) return;
    this.timer = setTimeout(() => {
      void this.look(false)
        // What cannot be read now is read at the next look.
        .catch(() => undefined)
        .then(() => {
          this.schedule();
        });
    }, pollMs);
  }

  private async look(isFirst: boolean): Promise<void> {
    const wanted = new Map<string, RunView | undefined>();
    for (const view of this.source.runs()) wanted.set(view.folder, view);
    for (const folder of await this.source.evaluations()) wanted.set(folder, undefined);
    for (const folder of this.subjects.keys()) if (!wanted.has(folder)) this.forget(folder);
    const due = isFirst ? [...wanted.keys()] : this.due(wanted);
    for (const folder of due) {
      if (this.disposed) return;
      await this.read(folder, wanted.get(folder));
      if (Date.now() - this.toldMs > tellMs) this.tell();
    }
    this.tell();
  }

  /** New or changed ones, those where something is written, and the next part of the others. */
  private due(wanted: ReadonlyMap<string, RunView | undefined>): string[] {
    const isDue = (folder: string): boolean => {
      const subject = this.subjects.get(folder);
      return subject === undefined || subject.isHot || subject.view !== wanted.get(folder);
    };
    const folders = [...wanted.keys()];
    const quiet = folders.filter((folder) => !isDue(folder));
    if (this.quietAt >= quiet.length) this.quietAt = 0;
    const turn = quiet.slice(this.quietAt, this.quietAt + quietAPoll);
    this.quietAt += quietAPoll;
    return [...folders.filter(isDue), ...turn];
  }

  private async read(folder: string, view: RunView | undefined): Promise<void> {
    const rows = view === undefined ? await this.readModel(folder) : await this.readRun(view);
    const before = this.subjects.get(folder);
    const text = JSON.stringify(rows);
    const isHot =
      rows.some(({ isEvaluating }) => isEvaluating) ||
      (view !== undefined && isActive(view.status.state)) ||
      // Once more after a change: the next line may be on its way.
      (before !== undefined && before.text !== text);
    this.subjects.set(folder, { view, rows, text, isHot });
    if (before?.text === text) return;
    for (const { id } of before?.rows ?? []) this.removed.add(id);
    for (const row of rows) {
      this.removed.delete(row.id);
      this.changed.set(row.id, row);
    }
  }

  private async readRun(view: RunView): Promise<AccuracyRow[]> {
    const results = await this.source.results.readRun(view.folder);
    const end = results.find(({ step }) => step === undefined);
    const ended = [...(end?.tasks ?? []), ...(end?.texts ?? [])];
    const { tasks } = view.run.settings.evaluation;
    // Events are only needed of what has no file: a run that is not at its end, or was copied without results.
    const isTold = tasks.every((name) => ended.some(({ task }) => task === name));
    return runRows(view, results, isTold ? [] : await readFigures(view.folder));
  }

  private async readModel(folder: string): Promise<AccuracyRow[]> {
    const file = readEvaluation(folder);
    return file === undefined ? [] : [modelRow(file, await this.source.results.readFolder(folder))];
  }

  private forget(folder: string): void {
    for (const { id } of this.subjects.get(folder)?.rows ?? []) this.removed.add(id);
    this.subjects.delete(folder);
  }

  private tell(): void {
    this.toldMs = Date.now();
    const { unevaluatedRuns } = this;
    const isNew = this.changed.size > 0 || this.removed.size > 0;
    if (this.disposed || (!isNew && unevaluatedRuns === this.toldUnevaluated)) return;
    this.toldUnevaluated = unevaluatedRuns;
    const changed = [...this.changed.values()].filter(({ id }) => !this.removed.has(id));
    const removed = [...this.removed];
    this.changed = new Map();
    this.removed = new Set();
    this.onNews({ changed, removed, unevaluatedRuns });
  }
}

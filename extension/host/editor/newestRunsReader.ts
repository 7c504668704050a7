// The newest runs of the open experiments with what their events say, read again as they go on. Free of VS Code.
import type { EventTail } from '../../runs/eventReader';
import type { RunStore } from '../runStore';
import type { ToldRun } from './notes';
import { OutcomeReader } from './runOutcome';
import { newestRuns, runsOf } from './runsOf';

/** Progress comes several times a second; a note need not. */
const pauseMs = 250;
/** A sweep of more is told by its first ones. */
const mostRuns = 12;

interface Followed {
  tail: EventTail;
  outcome: OutcomeReader;
  /** Of the status that was read last. */
  seen: string;
}

/** Handed over: the reader of events is in the bundle that this one is loaded by. */
export type OpenTail = (folder: string) => Promise<EventTail>;

export interface ExperimentPlace {
  file: string;
  runsDirectory: string;
}

export class NewestRunsReader {
  private readonly followed = new Map<string, Followed>();
  private readonly told = new Map<string, ToldRun[]>();
  private readonly listening: { dispose(): void };
  private timer: NodeJS.Timeout | undefined;
  private reading: Promise<void> = Promise.resolve();

  /** `places`: the experiments that are open. */
  constructor(
    private readonly store: RunStore,
    private readonly places: () => ExperimentPlace[],
    private readonly openTail: OpenTail,
    private readonly onChange: () => void,
  ) {
    this.listening = store.onDidChange(() => {
      this.look();
    });
    this.look();
  }

  /** In the order of their grid. */
  of(file: string): readonly ToldRun[] {
    return this.told.get(file) ?? [];
  }

  /** Soon: the runs or the open experiments are others. */
  look(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.reading = this.reading.then(() => this.read());
    }, pauseMs);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.listening.dispose();
  }

  private async read(): Promise<void> {
    const before = JSON.stringify([...this.told].map(([file, runs]) => [file, runs.map(stateOf)]));
    const used = new Set<string>();
    this.told.clear();
    for (const { file, runsDirectory } of this.places()) {
      const newest = newestRuns(runsOf(this.store.views, file, runsDirectory)).slice(0, mostRuns);
      const told: ToldRun[] = [];
      for (const view of newest) {
        used.add(view.folder);
        told.push({ view, outcome: (await this.follow(view)).outcome.outcome() });
      }
      this.told.set(file, told);
    }
    for (const folder of this.followed.keys()) {
      if (!used.has(folder)) this.followed.delete(folder);
    }
    const after = JSON.stringify([...this.told].map(([file, runs]) => [file, runs.map(stateOf)]));
    if (after !== before) this.onChange();
  }

  private async follow({ folder, status }: ToldRun['view']): Promise<Followed> {
    const run = this.followed.get(folder) ?? {
      tail: await this.openTail(folder),
      outcome: new OutcomeReader(),
      seen: '',
    };
    this.followed.set(folder, run);
    const seen = JSON.stringify(status);
    if (seen === run.seen) return run;
    const { events, restarted } = await run.tail.read();
    run.outcome.add(events, restarted);
    run.seen = seen;
    return run;
  }
}

/** What is shown of a run. */
function stateOf({ view, outcome }: ToldRun): unknown[] {
  const { state, step, loss, failure } = view.status;
  const { accuracies, fit, points, warnings } = outcome;
  return [view.folder, state, step, loss, failure, accuracies, fit, points.length, warnings];
}

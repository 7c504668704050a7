// The runs that a page of slopes shows, followed while it is on the screen. Free of VS Code.
import type { SlopeRun, SlopesPageEvents, SlopesPageState } from '../../shared/pages/slopesPage';
import type { EventSender } from '../../shared/rpc';
import { joinSamples, SampleTable } from '../../shared/slopes/samples';
import { RunFeed, type RunNews } from '../pages/runFeed';
import { runTitle } from '../runModel';
import type { RunStore } from '../runStore';
import { mostRuns, type RunsSubject } from './subject';

/** Steps are most of a run's events, and nothing here. */
const slopeLine = /"type":"(slope|resumed)"/;

interface Followed {
  run: SlopeRun;
  table: SampleTable;
  feed: RunFeed;
}

export class FollowedRuns {
  private readonly followed: Followed[] = [];
  private reading: Promise<void> | undefined;

  constructor(
    private readonly subject: RunsSubject,
    private readonly store: RunStore,
    private readonly events: EventSender<SlopesPageEvents>,
  ) {}

  /** All that is known now; what comes later is sent. */
  async read(): Promise<SlopesPageState> {
    this.reading ??= this.open();
    await this.reading;
    const { folders, step } = this.subject;
    return {
      runs: this.followed.map(({ run }) => run),
      diagnosis: undefined,
      step,
      leftOut: Math.max(0, folders.length - mostRuns),
    };
  }

  dispose(): void {
    for (const { feed } of this.followed) feed.dispose();
  }

  private async open(): Promise<void> {
    const folders = this.subject.folders.slice(0, mostRuns);
    await this.store.read(folders);
    for (const folder of folders) this.followed.push(this.follow(folder));
    await Promise.all(
      this.followed.map(async (one) => {
        this.take(one, await one.feed.start());
      }),
    );
  }

  private follow(folder: string): Followed {
    const view = this.store.find(folder);
    const one: Followed = {
      run: {
        folder,
        label: view === undefined ? folder : runTitle(view),
        experiment: view?.run.experiment ?? '',
        method: view?.run.settings.method,
        state: view?.status.state,
        step: view?.status.step ?? 0,
        steps: view?.status.steps ?? 0,
        every: view?.run.settings.diagnostics.every ?? 0,
        names: [],
        samples: [],
        problem: view === undefined ? `${folder} is not there, or is no run.` : undefined,
      },
      table: new SampleTable(),
      feed: new RunFeed(
        folder,
        (news) => {
          this.take(one, news);
        },
        (line) => slopeLine.test(line),
      ),
    };
    return one;
  }

  private take(one: Followed, { events, restarted, status }: RunNews): void {
    const news = one.table.add(events, restarted);
    const { folder } = one.run;
    if (news.samples.length > 0 || news.keepTo !== null) {
      one.run = { ...one.run, names: news.names, samples: joinSamples(one.run.samples, news) };
      this.events.send('samplesChanged', { folder, ...news });
    }
    if (status === undefined) return;
    const { state, step, steps } = status;
    const { run } = one;
    if (run.state === state && run.step === step && run.steps === steps) return;
    one.run = { ...run, state, step, steps };
    this.events.send('progressed', { folder, state, step, steps });
  }
}

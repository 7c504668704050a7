// The page of one run.
import { existsSync } from 'node:fs';
import { workspace } from 'vscode';
import { checkpointNames, listCheckpoints } from '../../runs/checkpoints';
import { runPaths } from '../../runs/runPaths';
import { readTags } from '../../runs/tags';
import {
  joinLog,
  type LogChange,
  type RunPageEvents,
  type RunPageMethods,
  type RunPageState,
} from '../../shared/pages/runPage';
import type { Snapshot } from '../../shared/rpc';
import { settingRows } from '../../shared/settingRows';
import { thinnedSteps } from '../../shared/thinnedSteps';
import { runLabel } from '../runModel';
import type { Services } from '../services';
import { JudgedFeed } from '../figures/judgedFeed';
import { readExperimentSchema } from '../experimentSchema';
import { HistoryFeed } from './historyFeed';
import { LogTail } from './logTail';
import type { PageDefinition, PagePort, PageSession } from './page';

export interface RunPageArguments {
  folder: string;
}

export const runPage: PageDefinition<RunPageArguments, RunPageMethods, RunPageEvents> = {
  kind: 'run',
  title: 'Run',
  icon: 'run',
  open: ({ folder }, port, services) => new RunSession(folder, port, services),
};

class RunSession implements PageSession<RunPageMethods> {
  readonly handlers = { readState: () => this.readState() };
  private readonly feed: HistoryFeed;
  private readonly log: LogTail;
  private readonly trust;
  private readonly judged: JudgedFeed;
  private judging: Promise<void> | undefined;
  /** What the page shows of the log, should it ask again. */
  private shownLog: LogChange = { text: '', isCut: false, replaces: true };
  /** Names of those that the page knows. */
  private checkpoints = '';
  private isGone = false;
  private isDisposed = false;

  constructor(
    private readonly folder: string,
    private readonly port: PagePort<RunPageEvents>,
    private readonly services: Services,
  ) {
    const { events } = port;
    this.log = new LogTail(folder);
    this.feed = new HistoryFeed(
      folder,
      ({ change, status }) => {
        if (change !== undefined) events.send('historyChanged', change);
        if (status !== undefined) events.send('statusChanged', status);
      },
      () => this.look(),
    );
    this.trust = workspace.onDidGrantWorkspaceTrust(() => {
      events.send('trustGranted', null);
    });
    this.judged = new JudgedFeed(
      {
        runs: () => [services.store.find(folder)].filter((view) => view !== undefined),
        evaluations: () => Promise.resolve([]),
      },
      (scored) => {
        events.send('scoresChanged', scored);
      },
    );
    // Before the page asks; what goes wrong is told when it does.
    this.feed.start().catch(() => undefined);
  }

  dispose(): void {
    this.isDisposed = true;
    this.feed.dispose();
    this.trust.dispose();
    this.judged.dispose();
  }

  private async readState(): Promise<Snapshot<RunPageState>> {
    const { folder, services } = this;
    await services.store.read([folder]);
    const view = services.store.find(folder);
    if (view === undefined) throw new Error(`${folder} is not there, or is no run.`);
    const { run } = view;
    this.judging ??= this.judged.start();
    await this.judging;
    const { name } = readTags(folder);
    this.port.setTitle(name ?? `${run.experiment} · ${runLabel(run)}`);
    const schema = await readExperimentSchema(services.context.extensionPath);
    await this.feed.start();
    const { history, status } = this.feed.current();
    const steps = thinnedSteps(history.steps);
    const isGlance = steps !== history.steps;
    if (isGlance) this.sendStepsLater();
    return this.port.events.snapshot({
      folder,
      run,
      name,
      status: status ?? view.status,
      history: { ...history, steps },
      isGlance,
      checkpoints: listCheckpoints(this.folder),
      scored: this.judged.rows,
      settings: settingRows(run.settings, run.varied, schema),
      log: this.shownLog,
      isGone: false,
      mayRun: workspace.isTrusted,
    });
  }

  /** Behind the snapshot: megabytes take a while to reach a page. */
  private sendStepsLater(): void {
    setImmediate(() => {
      if (!this.isDisposed) this.port.events.send('stepsRead', this.feed.steps());
    });
  }

  private async look(): Promise<void> {
    const { events } = this.port;
    const change = await this.log.read();
    if (change !== undefined) {
      this.shownLog = joinLog(this.shownLog, change);
      events.send('logChanged', change);
    }
    const names = checkpointNames(this.folder).join();
    if (names !== this.checkpoints) events.send('checkpointsChanged', listCheckpoints(this.folder));
    this.checkpoints = names;
    const isGone = !existsSync(runPaths(this.folder).run);
    if (isGone !== this.isGone) events.send('goneChanged', isGone);
    this.isGone = isGone;
  }
}

// The page that compares runs.
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { runPaths } from '../../runs/runPaths';
import { readTags } from '../../runs/tags';
import type {
  ComparedRun,
  ComparePageEvents,
  ComparePageMethods,
  ComparePageState,
} from '../../shared/pages/comparePage';
import type { Snapshot } from '../../shared/rpc';
import { settingRows, type SettingSchema } from '../../shared/settingRows';
import { askForRuns } from '../commands/compare';
import type { RunView } from '../runModel';
import type { Services } from '../services';
import { readExperimentSchema } from '../experimentSchema';
import { HistoryFeed } from './historyFeed';
import type { PageDefinition, PagePort, PageSession } from './page';

export interface ComparePageArguments {
  folders: string[];
}

export const comparePage: PageDefinition<
  ComparePageArguments,
  ComparePageMethods,
  ComparePageEvents
> = {
  kind: 'compare',
  title: 'Compare Runs',
  icon: 'compare',
  open: ({ folders }, port, services) => new CompareSession(folders, port, services),
};

class CompareSession implements PageSession<ComparePageMethods> {
  readonly handlers = {
    readState: () => this.readState(),
    choose: (folders: string[]) => this.choose(folders),
    pick: (folders: string[]) => askForRuns(this.services.store, folders),
  };
  private readonly feeds = new Map<string, HistoryFeed>();
  private readonly gone = new Set<string>();

  constructor(
    private folders: readonly string[],
    private readonly port: PagePort<ComparePageEvents>,
    private readonly services: Services,
  ) {}

  dispose(): void {
    for (const feed of this.feeds.values()) feed.dispose();
    this.feeds.clear();
  }

  private async readState(): Promise<Snapshot<ComparePageState>> {
    const state = await this.read();
    return this.port.events.snapshot(state);
  }

  private async choose(folders: string[]): Promise<void> {
    this.folders = folders;
    this.port.events.send('runsChosen', await this.read());
  }

  /** What is told must be taken from all feeds at once: what comes later follows on it. */
  private async read(): Promise<ComparePageState> {
    const { services } = this;
    const folders = [...new Set(this.folders)];
    await services.store.read(folders);
    const schema = await readExperimentSchema(services.context.extensionPath);
    const views = folders.map((folder) => services.store.find(folder));
    const found = views.filter((view) => view !== undefined);
    this.follow(found.map(({ folder }) => folder));
    await Promise.all([...this.feeds.values()].map((feed) => feed.start()));
    const runs = found.flatMap((view) => this.comparedRun(view, schema));
    this.port.setTitle(vscode.l10n.t('Compare {0} Runs', runs.length));
    return { runs, missing: folders.filter((_, index) => views[index] === undefined) };
  }

  private follow(folders: readonly string[]): void {
    for (const [folder, feed] of this.feeds) {
      if (folders.includes(folder)) continue;
      feed.dispose();
      this.feeds.delete(folder);
    }
    for (const folder of folders) {
      if (!this.feeds.has(folder)) this.feeds.set(folder, this.openFeed(folder));
    }
  }

  private openFeed(folder: string): HistoryFeed {
    const { events } = this.port;
    return new HistoryFeed(
      folder,
      ({ change, status }) => {
        events.send('runChanged', { folder, ...(change && { change }), ...(status && { status }) });
      },
      () => {
        const isGone = !existsSync(runPaths(folder).run);
        if (isGone !== this.gone.has(folder)) events.send('runChanged', { folder, isGone });
        if (isGone) this.gone.add(folder);
        else this.gone.delete(folder);
        return Promise.resolve();
      },
    );
  }

  /** None if the page was closed meanwhile. */
  private comparedRun({ folder, run, status }: RunView, schema: SettingSchema): ComparedRun[] {
    const told = this.feeds.get(folder)?.current();
    if (told === undefined) return [];
    return [
      {
        folder,
        run,
        name: readTags(folder).name,
        status: told.status ?? status,
        history: told.history,
        settings: settingRows(run.settings, run.varied, schema),
        isGone: this.gone.has(folder),
      },
    ];
  }
}

// Follows one run folder closely while a page shows it: each event reaches the page within a quarter of a
// second. Free of VS Code.
import { EventTail } from '../../runs/eventReader';
import { readStatus } from '../../runs/status';
import type { RunEvent, StatusFile } from '../../shared/run';
import { FolderLook } from './folderLook';

export interface RunNews {
  /** As written: `effectiveEvents` over all of them drops what a `resumed` event made void. */
  events: RunEvent[];
  /** Earlier events are void: the file was replaced. */
  restarted: boolean;
  /** Undefined if it is missing or half copied. */
  status: StatusFile | undefined;
}

export class RunFeed {
  private readonly tail: EventTail;
  private readonly folderLook: FolderLook;
  private lastStatus = '';
  /** What was found before `start` gave it out. */
  private early: RunNews = { events: [], restarted: false, status: undefined };
  private isStarted = false;

  /** `accepts`: lines that become events; all of them when left out. */
  constructor(
    readonly folder: string,
    private readonly onNews: (news: RunNews) => void,
    accepts?: (line: string) => boolean,
  ) {
    this.tail = new EventTail(folder, accepts);
    this.folderLook = new FolderLook(folder, async () => {
      const before = this.lastStatus;
      const news = await this.read();
      const isNew = news.events.length > 0 || news.restarted || this.lastStatus !== before;
      if (!this.isStarted) this.early = joined(this.early, news);
      else if (isNew && !this.folderLook.isDisposed) this.onNews(news);
    });
  }

  /** Everything so far; news follow on it. */
  async start(): Promise<RunNews> {
    await this.folderLook.now();
    const { early } = this;
    this.isStarted = true;
    this.early = { events: [], restarted: false, status: undefined };
    return early;
  }

  dispose(): void {
    this.folderLook.dispose();
  }

  private async read(): Promise<RunNews> {
    const { events, restarted } = await this.tail.read();
    const status = readStatus(this.folder);
    this.lastStatus = JSON.stringify(status);
    return { events, restarted, status };
  }
}

function joined(before: RunNews, news: RunNews): RunNews {
  const events = news.restarted ? news.events : [...before.events, ...news.events];
  return { events, restarted: false, status: news.status ?? before.status };
}

// A run's history and status while a page shows them: everything once, then what is new, within a quarter of a
// second of being written. Free of VS Code.
import { EventTail } from '../../runs/eventReader';
import { readStatus } from '../../runs/status';
import type { StatusFile } from '../../shared/run';
import {
  HistoryBuilder,
  wholeHistory,
  type HistoryChange,
  type RunHistory,
} from '../../shared/runHistory';
import { rowsFrom, type StepColumns } from '../../shared/stepColumns';
import { FolderLook } from './folderLook';

export interface HistoryNews {
  change: HistoryChange | undefined;
  /** Undefined if it is as it was, missing or half copied. */
  status: StatusFile | undefined;
}

export interface HistoryState {
  history: RunHistory;
  status: StatusFile | undefined;
}

export class HistoryFeed {
  private readonly tail: EventTail;
  private readonly builder = new HistoryBuilder();
  private readonly folderLook: FolderLook;
  private status: StatusFile | undefined;
  private isStarted = false;

  /** `alsoLook`: what else of the folder is to be read at the same times. */
  constructor(
    folder: string,
    private readonly onNews: (news: HistoryNews) => void,
    alsoLook: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.tail = new EventTail(folder);
    this.folderLook = new FolderLook(folder, async () => {
      const isNew = await this.read(folder);
      if (this.isStarted && !this.folderLook.isDisposed) this.tell(isNew);
      await alsoLook();
    });
  }

  /** Reads everything so far; news follow on it. */
  async start(): Promise<void> {
    await this.folderLook.now();
    this.isStarted = true;
  }

  /** Everything that was read; news follow on it. */
  current(): HistoryState {
    this.builder.takeChange();
    return { history: wholeHistory(this.builder.history), status: this.status };
  }

  /** All steps so far; what news tell of them follows on it just as well. */
  steps(): StepColumns {
    return rowsFrom(this.builder.history.steps, 0);
  }

  dispose(): void {
    this.folderLook.dispose();
  }

  private tell(isStatusNew: boolean): void {
    const change = this.builder.takeChange();
    if (change === undefined && !isStatusNew) return;
    this.onNews({ change, status: isStatusNew ? this.status : undefined });
  }

  /** Whether the status is another. */
  private async read(folder: string): Promise<boolean> {
    await this.tail.readInto({
      restart: () => {
        this.builder.restart();
      },
      take: (events) => {
        this.builder.add(events);
      },
    });
    const status = readStatus(folder);
    if (status === undefined || JSON.stringify(status) === JSON.stringify(this.status))
      return false;
    this.status = status;
    return true;
  }
}

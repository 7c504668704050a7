// What was moved to the trash, to undo it: kept over a reload of the window, and told to the menus.
import type * as vscode from 'vscode';
import type { TrashedRun } from '../runs/trash';
import { setContext } from './runsViewState';

const key = 'adapterLab.trashed';
const most = 20;

export class TrashHistory {
  constructor(private readonly memory: vscode.Memento) {
    this.tell();
  }

  /** Runs that went together come back together. */
  async push(moved: readonly TrashedRun[]): Promise<void> {
    if (moved.length === 0) return;
    await this.keep([...this.moves, moved].slice(-most));
  }

  async pop(): Promise<readonly TrashedRun[] | undefined> {
    const { moves } = this;
    const last = moves.at(-1);
    await this.keep(moves.slice(0, -1));
    return last;
  }

  /** They came back by another way, or are gone for good. */
  async forget(runs: readonly TrashedRun[]): Promise<void> {
    const gone = new Set(runs.map(({ trashed }) => trashed));
    const left = this.moves.map((moved) => moved.filter(({ trashed }) => !gone.has(trashed)));
    await this.keep(left.filter((moved) => moved.length > 0));
  }

  private get moves(): readonly (readonly TrashedRun[])[] {
    return this.memory.get<TrashedRun[][]>(key, []);
  }

  private async keep(moves: readonly (readonly TrashedRun[])[]): Promise<void> {
    await this.memory.update(key, moves);
    this.tell();
  }

  private tell(): void {
    setContext('canUndoTrash', this.moves.length > 0);
  }
}

// How the user wants to see the runs, and which they ticked: kept in the workspace's state, and told to the
// menus as context keys.
import * as vscode from 'vscode';
import { groupings } from './runGroups';
import { orders } from './runOrder';
import { usualArrangement, type Arrangement } from './treeModel';

const arrangementKey = 'adapterLab.runsArrangement';
const checkedKey = 'adapterLab.checkedRuns';

export class RunsViewState {
  private ticked: Set<string>;

  constructor(private readonly memory: vscode.Memento) {
    this.ticked = new Set(memory.get<string[]>(checkedKey, []));
  }

  get arrangement(): Arrangement {
    const kept = this.memory.get<Partial<Arrangement>>(arrangementKey, {});
    return {
      grouping: groupings.find((one) => one === kept.grouping) ?? usualArrangement.grouping,
      order: orders.find((one) => one === kept.order) ?? usualArrangement.order,
      filter: kept.filter ?? usualArrangement.filter,
    };
  }

  /** A filter that is only being tried is not kept. */
  async keep(arrangement: Arrangement): Promise<void> {
    await this.memory.update(arrangementKey, arrangement);
  }

  get checked(): ReadonlySet<string> {
    return this.ticked;
  }

  async check(changes: readonly { folder: string; isChecked: boolean }[]): Promise<void> {
    for (const { folder, isChecked } of changes) {
      if (isChecked) this.ticked.add(folder);
      else this.ticked.delete(folder);
    }
    await this.memory.update(checkedKey, [...this.ticked]);
  }
}

/** What menus and keybindings ask for. */
export function setContext(key: string, value: unknown): void {
  void vscode.commands.executeCommand('setContext', `adapterLab.${key}`, value);
}

// The sidebar's tree of runs. Draws only what is visible, and only the lines that changed.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { checkpointDescription, checkpointLabel } from './runDetails';
import { isActive, runContext, runDescription, runIcon, runLabel } from './runModel';
import type { RunStore } from './runStore';
import { sizeText } from './timeText';
import {
  checkpointNodes,
  experimentDescription,
  RunTree,
  type CheckpointNode,
  type ExperimentNode,
  type Node,
  type RunNode,
} from './treeModel';

const { l10n } = vscode;
/** "5 min ago" grows old. */
const clockMs = 60_000;
const checkedKey = 'adapterLab.checkedRuns';

export class RunsTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly tree = new RunTree();
  private readonly changed = new vscode.EventEmitter<Node[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly view: vscode.TreeView<Node>;
  private readonly owned: vscode.Disposable;
  private isStale = false;

  constructor(
    private readonly store: RunStore,
    private readonly memory: vscode.Memento,
  ) {
    this.tree.update(store.views);
    this.view = vscode.window.createTreeView('adapterLab.runs', {
      treeDataProvider: this,
      showCollapseAll: true,
      canSelectMany: true,
    });
    const clock = setInterval(() => {
      this.changed.fire(undefined);
    }, clockMs);
    this.owned = vscode.Disposable.from(
      this.view,
      this.changed,
      store.onDidChange(() => {
        this.update();
      }),
      this.view.onDidChangeVisibility(() => {
        this.update();
      }),
      {
        dispose: () => {
          clearInterval(clock);
        },
      },
    );
  }

  dispose(): void {
    this.owned.dispose();
  }

  /** What commands act on that are called without saying on what. */
  get selection(): readonly Node[] {
    return this.view.selection;
  }

  /** Folders of the runs that are ticked to be compared, those that went left out. */
  get checked(): string[] {
    return this.memory
      .get<string[]>(checkedKey, [])
      .filter((folder) => this.store.find(folder) !== undefined);
  }

  getChildren(node?: Node): Node[] | Promise<Node[]> {
    if (node === undefined) return [...this.tree.groups];
    if (node.kind === 'experiment') return node.runs;
    if (node.kind === 'checkpoint') return [];
    return this.store
      .details(node.view.folder)
      .then(({ checkpoints }) => checkpointNodes(node.view, checkpoints));
  }

  getParent(node: Node): Node | undefined {
    if (node.kind === 'run') return this.tree.parentOf(node);
    return node.kind === 'checkpoint' ? this.tree.find(node.run.folder) : undefined;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case 'experiment':
        return experimentItem(node);
      case 'run':
        return runItem(node);
      case 'checkpoint':
        return checkpointItem(node);
    }
  }

  async resolveTreeItem(item: vscode.TreeItem, node: Node): Promise<vscode.TreeItem> {
    if (node.kind !== 'run') return item;
    const details = await this.store.details(node.view.folder);
    const { runTooltip } = await import('./runTooltip');
    const text = runTooltip(node.view, details, { now: new Date(), t: l10n.t });
    item.tooltip = new vscode.MarkdownString(text, true);
    return item;
  }

  /** Shows a run in the sidebar without taking the focus. */
  async reveal(folder: string): Promise<void> {
    this.update();
    const node = this.tree.find(folder);
    if (node !== undefined) await this.view.reveal(node, { select: true, focus: false });
  }

  /** While nobody looks, changes are only noted. */
  private update(): void {
    const nodes = this.tree.update(this.store.views);
    this.view.badge = badge(this.store);
    const isAll = nodes === undefined;
    if (!this.view.visible) {
      this.isStale ||= isAll || nodes.length > 0;
      return;
    }
    if (isAll || this.isStale) this.changed.fire(undefined);
    else if (nodes.length > 0) this.changed.fire(nodes);
    this.isStale = false;
  }
}

function badge(store: RunStore): vscode.ViewBadge | undefined {
  const running = store.views.filter(({ status }) => isActive(status.state)).length;
  if (running === 0) return undefined;
  return {
    value: running,
    tooltip: running === 1 ? l10n.t('1 run is running') : l10n.t('{0} runs are running', running),
  };
}

function experimentItem(node: ExperimentNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = node.id;
  item.description = experimentDescription(node, l10n.t);
  item.iconPath = new vscode.ThemeIcon('beaker');
  item.contextValue = 'experiment';
  item.tooltip = node.file;
  // Without it a screen reader would read the tooltip.
  item.accessibilityInformation = { label: `${node.name}, ${item.description}` };
  return item;
}

function runItem({ id, view }: RunNode): vscode.TreeItem {
  const { state, step } = view.status;
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(runLabel(view.run), step > 0 ? Collapsed : None);
  item.id = id;
  const { icon, color } = runIcon(state);
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
  item.description = runDescription(view, new Date(), l10n.t);
  item.contextValue = runContext(state);
  item.accessibilityInformation = {
    label: `${runLabel(view.run)}, ${item.description}, ${basename(view.folder)}`,
  };
  return item;
}

function checkpointItem({ id, checkpoint }: CheckpointNode): vscode.TreeItem {
  const item = new vscode.TreeItem(checkpointLabel(checkpoint, l10n.t));
  item.id = id;
  item.description = checkpointDescription(checkpoint, l10n.t);
  item.iconPath = new vscode.ThemeIcon('git-commit');
  item.contextValue = 'checkpoint';
  item.tooltip = `${checkpoint.folder}\n${sizeText(checkpoint.sizeBytes)}`;
  const label = `${checkpointLabel(checkpoint, l10n.t)}, ${item.description}`;
  item.accessibilityInformation = { label };
  return item;
}

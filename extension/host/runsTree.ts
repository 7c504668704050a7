// The sidebar's tree of runs. Draws only what is visible, and only the lines that changed.
import * as vscode from 'vscode';
import type { FiguresReader } from './figuresReader';
import { runsDrag } from './queue/runsDrag';
import { checkpointItem, groupItem, moreItem, runItem } from './runItems';
import { isActive } from './runModel';
import { needsFigures } from './runOrder';
import { RunsViewState, setContext } from './runsViewState';
import type { RunStore } from './runStore';
import { checkpointNodes, RunTree, type Arrangement, type MoreNode, type Node } from './treeModel';

const { l10n } = vscode;
const viewId = 'adapterLab.runs';
/** "5 min ago" grows old. */
const clockMs = 60_000;

export class RunsTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly tree = new RunTree(l10n.t);
  private readonly changed = new vscode.EventEmitter<Node[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly view: vscode.TreeView<Node>;
  private readonly owned: vscode.Disposable;
  private readonly state: RunsViewState;
  private shown: Arrangement;
  private figures: FiguresReader | undefined;
  private isReadingFigures = false;
  private isStale = false;

  constructor(
    private readonly store: RunStore,
    memory: vscode.Memento,
  ) {
    this.state = new RunsViewState(memory);
    this.shown = this.state.arrangement;
    this.view = vscode.window.createTreeView(viewId, {
      treeDataProvider: this,
      dragAndDropController: runsDrag,
      showCollapseAll: true,
      canSelectMany: true,
      manageCheckboxStateManually: true,
    });
    this.tree.arrange(this.shown);
    this.update();
    this.describe();
    const clock = setInterval(() => {
      this.changed.fire(undefined);
    }, clockMs);
    this.owned = vscode.Disposable.from(
      this.view,
      this.changed,
      store.onDidChange((folders) => {
        this.update(folders);
      }),
      this.view.onDidChangeVisibility(() => {
        this.draw([]);
      }),
      // Hovers hold pictures in the theme's colours.
      vscode.window.onDidChangeActiveColorTheme(() => {
        this.draw(undefined);
      }),
      this.view.onDidChangeCheckboxState(({ items }) => {
        void this.check(items);
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
    return [...this.state.checked].filter((folder) => this.store.find(folder) !== undefined);
  }

  get arrangement(): Arrangement {
    return this.shown;
  }

  /** How many runs the filter lets through, of how many. */
  get counts(): { shown: number; all: number } {
    return { shown: this.tree.shownCount, all: this.tree.count };
  }

  /** Groups, sorts or filters anew; what is only `tried` is not remembered. */
  async arrange(change: Partial<Arrangement>, tried = false): Promise<void> {
    const arrangement = { ...this.shown, ...change };
    this.shown = arrangement;
    if (needsFigures(arrangement.order)) await this.readFigures();
    if (this.shown !== arrangement) return;
    this.rearrange();
    if (!tried) await this.state.keep(arrangement);
  }

  /** Ticks or unticks runs. */
  async setChecked(folders: readonly string[], isChecked: boolean): Promise<void> {
    await this.state.check(folders.map((folder) => ({ folder, isChecked })));
    this.draw(folders.map((folder) => this.tree.find(folder)).filter((one) => one !== undefined));
    setContext('hasChecked', this.checked.length > 0);
  }

  showMore(node: MoreNode): void {
    this.tree.showMore(node);
    this.changed.fire(undefined);
  }

  getChildren(node?: Node): Node[] | Promise<Node[]> {
    switch (node?.kind) {
      case undefined:
        return this.tree.top();
      case 'experiment':
      case 'group':
        return this.tree.members(node);
      case 'run':
        return this.store
          .details(node.view.folder)
          .then(({ checkpoints }) => checkpointNodes(node.view, checkpoints));
      case 'checkpoint':
      case 'more':
        return [];
    }
  }

  getParent(node: Node): Node | undefined {
    if (node.kind === 'run') return this.tree.parentOf(node);
    return node.kind === 'checkpoint' ? this.tree.find(node.run.folder) : undefined;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case 'experiment':
      case 'group':
        return groupItem(node);
      case 'run':
        return runItem(node, {
          isChecked: this.state.checked.has(node.view.folder),
          isUnderExperiment: this.shown.grouping === 'experiment',
        });
      case 'checkpoint':
        return checkpointItem(node);
      case 'more':
        return moreItem(node);
    }
  }

  async resolveTreeItem(item: vscode.TreeItem, node: Node): Promise<vscode.TreeItem> {
    if (node.kind === 'run') {
      const details = await this.store.details(node.view.folder);
      const { runHover } = await import('./runHover');
      item.tooltip = runHover(node.view, details);
    }
    if (node.kind === 'checkpoint') {
      const { checkpointHover } = await import('./runHover');
      item.tooltip = checkpointHover(node.checkpoint);
    }
    return item;
  }

  /** Shows a run in the sidebar without taking the focus. */
  async reveal(folder: string): Promise<void> {
    this.update([folder]);
    const node = this.tree.uncover(folder);
    if (node !== undefined) await this.view.reveal(node, { select: true, focus: false });
  }

  private async check(items: readonly [Node, vscode.TreeItemCheckboxState][]): Promise<void> {
    const changes = items.flatMap(([node, state]) =>
      node.kind === 'run'
        ? [
            {
              folder: node.view.folder,
              isChecked: state === vscode.TreeItemCheckboxState.Checked,
            },
          ]
        : [],
    );
    await this.state.check(changes);
    setContext('hasChecked', this.checked.length > 0);
  }

  private update(folders?: readonly string[]): void {
    const nodes = this.tree.update(this.store, folders);
    this.view.badge = badge(this.store);
    if (nodes === undefined) this.describe();
    this.draw(nodes);
    if (needsFigures(this.shown.order)) void this.followFigures(folders);
  }

  /** While nobody looks, changes are only noted. */
  private draw(nodes: readonly Node[] | undefined): void {
    const isAll = nodes === undefined;
    if (!this.view.visible) {
      this.isStale ||= isAll || nodes.length > 0;
      return;
    }
    if (isAll || this.isStale) this.changed.fire(undefined);
    else if (nodes.length > 0) this.changed.fire([...nodes]);
    this.isStale = false;
  }

  private rearrange(): void {
    this.tree.arrange(this.shown, (folder) => this.figures?.of(folder));
    this.describe();
    this.draw(undefined);
  }

  /** A filter that hides runs is seen at once: in the title, and above the runs with how many are left. */
  private describe(): void {
    const { filter, grouping, order } = this.shown;
    const { shown, all } = this.counts;
    const isFiltered = filter.trim() !== '';
    this.view.description = isFiltered ? filter : '';
    // Where nothing is left, the view's welcome says so, with a button.
    const isTold = isFiltered && shown > 0;
    this.view.message = isTold
      ? l10n.t('{0} of {1} runs match the filter {2}', shown, all, filter)
      : undefined;
    setContext('runsFiltered', isFiltered);
    setContext('runsGrouping', grouping);
    setContext('runsOrder', order);
    setContext('hasRuns', all > 0);
    setContext('hasChecked', this.checked.length > 0);
  }

  private async readFigures(folders?: readonly string[]): Promise<boolean> {
    const { FiguresReader } = await import('./figuresReader');
    const reader = (this.figures ??= new FiguresReader());
    const wanted = folders ?? this.store.views.map(({ folder }) => folder);
    const read = () => reader.read(wanted);
    if (folders !== undefined) return read();
    return vscode.window.withProgress({ location: { viewId } }, read);
  }

  /** The order of runs that train goes on following what they reach. */
  private async followFigures(folders?: readonly string[]): Promise<void> {
    if (this.isReadingFigures) return;
    this.isReadingFigures = true;
    try {
      if (await this.readFigures(folders)) this.rearrange();
    } finally {
      this.isReadingFigures = false;
    }
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

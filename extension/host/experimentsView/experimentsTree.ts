// The sidebar's view of the experiment files of the workspace. Nothing is read before somebody looks.
import * as vscode from 'vscode';
import { findExperiments, watchExperiments } from '../experiments';
import { listingBy } from '../listing';
import type { Programs } from '../programs';
import type { RunStore } from '../runStore';
import { runsDirectoryOf } from '../settings';
import { treeItem } from '../treeItem';
import { experimentLine, experimentNodes, type ExperimentFileNode } from './experimentModel';
import { ExperimentReader } from './experimentReader';

const { l10n } = vscode;
const ownMime = 'application/vnd.code.tree.adapterlab.experiments';
/** Several files are written at once when a branch is checked out. */
const settleMs = 200;
/** "5 min ago" grows old. */
const clockMs = 60_000;

export class ExperimentsTree
  implements
    vscode.TreeDataProvider<ExperimentFileNode>,
    vscode.TreeDragAndDropController<ExperimentFileNode>,
    vscode.Disposable
{
  readonly dropMimeTypes = [];
  readonly dragMimeTypes = [ownMime, 'text/uri-list'];
  readonly view: vscode.TreeView<ExperimentFileNode>;
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly owned: { dispose(): unknown }[] = [];
  private readonly reader: ExperimentReader;
  /** Files of the workspace, until some come or go. */
  private found: Promise<string[]> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isWatching = false;
  private drawn = '';

  constructor(
    private readonly store: RunStore,
    programs: Programs,
    output: vscode.LogOutputChannel,
  ) {
    this.reader = new ExperimentReader(listingBy(programs, output));
    this.view = vscode.window.createTreeView('adapterLab.experiments', {
      treeDataProvider: this,
      dragAndDropController: this,
      canSelectMany: true,
    });
    const clock = setInterval(() => {
      this.drawn = '';
      this.refresh();
    }, clockMs);
    this.owned.push(
      this.view,
      this.changed,
      this.view.onDidChangeVisibility(() => {
        this.refresh();
      }),
      {
        dispose: () => {
          clearInterval(clock);
          clearTimeout(this.timer);
        },
      },
    );
  }

  dispose(): void {
    vscode.Disposable.from(...this.owned).dispose();
  }

  async getChildren(node?: ExperimentFileNode): Promise<ExperimentFileNode[]> {
    if (node !== undefined) return [];
    this.watch();
    const nodes = await this.nodes();
    this.drawn = outline(nodes);
    return nodes;
  }

  getTreeItem(node: ExperimentFileNode): vscode.TreeItem {
    const item = treeItem(node.id, experimentLine(node, new Date(), l10n.t));
    item.command = {
      command: 'adapterLab.openExperiment',
      title: l10n.t('Open Experiment File'),
      arguments: [node],
    };
    return item;
  }

  handleDrag(nodes: readonly ExperimentFileNode[], data: vscode.DataTransfer): void {
    const files = nodes.map(({ file }) => file);
    data.set(ownMime, new vscode.DataTransferItem(JSON.stringify(files)));
    const uris = files.map((file) => vscode.Uri.file(file).toString()).join('\r\n');
    data.set('text/uri-list', new vscode.DataTransferItem(uris));
  }

  private async nodes(): Promise<ExperimentFileNode[]> {
    this.found ??= findExperiments().then((uris) => uris.map(({ fsPath }) => fsPath));
    const entries = await this.reader.read(await this.found);
    return experimentNodes(entries, this.store.views, {
      pathOf: (file) => vscode.workspace.asRelativePath(file),
      runsOf: (file) => runsDirectoryOf(vscode.Uri.file(file)),
    });
  }

  /** From the first look on. */
  private watch(): void {
    if (this.isWatching) return;
    this.isWatching = true;
    this.owned.push(
      watchExperiments((isOther) => {
        if (isOther) this.found = undefined;
        this.refresh();
      }),
      this.store.onDidChange(() => {
        this.refresh();
      }),
    );
  }

  private refresh(): void {
    if (this.timer !== undefined || !this.view.visible) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.nodes().then((nodes) => {
        if (outline(nodes) !== this.drawn) this.changed.fire(undefined);
      });
    }, settleMs);
  }
}

/** What the lines show, but for how long ago it was. */
function outline(nodes: readonly ExperimentFileNode[]): string {
  return JSON.stringify(
    nodes.map(({ id, outcome, activity: { runs, running, waiting } }) => [
      ...[id, outcome, runs, running, waiting],
    ]),
  );
}

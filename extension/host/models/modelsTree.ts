// The sidebar's view of models and adapters. Nothing is looked for before somebody looks.
import * as vscode from 'vscode';
import { listingBy } from '../listing';
import type { Programs } from '../programs';
import { treeItem } from '../treeItem';
import { AddedModels, findModelFolders, watchModels } from './modelFolders';
import { modelLine, modelNodes, type ModelNode } from './modelModel';
import { ModelReader } from './modelReader';

const { l10n } = vscode;
/** Files of a model are copied one after another. */
const settleMs = 1000;

export class ModelsTree implements vscode.TreeDataProvider<ModelNode>, vscode.Disposable {
  readonly added: AddedModels;
  readonly view: vscode.TreeView<ModelNode>;
  private readonly reader: ModelReader;
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly owned: { dispose(): unknown }[] = [];
  private shown: ModelNode[] = [];
  private isStale = true;
  private isWatching = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(state: vscode.Memento, programs: Programs, output: vscode.LogOutputChannel) {
    this.added = new AddedModels(state);
    this.reader = new ModelReader(listingBy(programs, output));
    this.view = vscode.window.createTreeView('adapterLab.models', {
      treeDataProvider: this,
      canSelectMany: true,
      showCollapseAll: true,
    });
    this.owned.push(
      this.view,
      this.changed,
      this.view.onDidChangeVisibility(({ visible }) => {
        if (visible && this.isStale && this.isWatching) this.changed.fire(undefined);
      }),
      {
        dispose: () => {
          clearTimeout(this.timer);
        },
      },
    );
  }

  dispose(): void {
    vscode.Disposable.from(...this.owned).dispose();
  }

  async getChildren(node?: ModelNode): Promise<ModelNode[]> {
    return node === undefined ? this.find() : node.adapters;
  }

  getParent(node: ModelNode): ModelNode | undefined {
    return this.shown.find(({ adapters }) => adapters.includes(node));
  }

  getTreeItem(node: ModelNode): vscode.TreeItem {
    const item = treeItem(node.id, modelLine(node, l10n.t));
    if (node.adapters.length > 0) item.collapsibleState = vscode.TreeItemCollapsibleState.Expanded;
    return item;
  }

  /** All of them, adapters behind their bases; looked for if nobody has yet. */
  async all(): Promise<ModelNode[]> {
    const tops = this.isStale ? await this.find() : this.shown;
    return tops.flatMap((node) => [node, ...node.adapters]);
  }

  /** Looks again. */
  refresh(): void {
    this.isStale = true;
    if (this.view.visible) this.changed.fire(undefined);
  }

  private async find(): Promise<ModelNode[]> {
    this.watch();
    this.isStale = false;
    const added = this.added.folders;
    const folders = [...new Set([...(await findModelFolders()), ...added])];
    const entries = folders.length === 0 ? [] : await this.reader.read(folders);
    this.shown = modelNodes(entries, {
      added: new Set(added),
      pathOf: (folder) => vscode.workspace.asRelativePath(folder),
    });
    return this.shown;
  }

  /** From the first look on. */
  private watch(): void {
    if (this.isWatching) return;
    this.isWatching = true;
    this.owned.push(
      watchModels(() => {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => {
          this.refresh();
        }, settleMs);
      }),
    );
  }
}

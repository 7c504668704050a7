// The sidebar's view of the queue: what runs on top, then what waits; the order changes by drag or by command.
import * as vscode from 'vscode';
import { treeItem } from '../treeItem';
import {
  droppedFolders,
  queueLine,
  queueMessage,
  queueNodes,
  queueSummary,
  type QueueNode,
} from './queueModel';
import type { QueueStore } from './queueStore';

const { l10n } = vscode;
const treeMime = 'application/vnd.code.tree.';
const ownMime = `${treeMime}adapterlab.queue`;

/** What was dropped on the queue, and before which waiting run: undefined is the end. */
export interface Drop {
  runs: string[];
  experiments: vscode.Uri[];
  before: string | undefined;
}

export class QueueTree
  implements
    vscode.TreeDataProvider<QueueNode>,
    vscode.TreeDragAndDropController<QueueNode>,
    vscode.Disposable
{
  readonly dropMimeTypes = [
    ownMime,
    `${treeMime}adapterlab.runs`,
    `${treeMime}adapterlab.experiments`,
    'text/uri-list',
  ];
  readonly dragMimeTypes = [ownMime];
  readonly view: vscode.TreeView<QueueNode>;
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly owned: vscode.Disposable;
  private nodes: QueueNode[] = [];
  private isPaused: boolean | undefined;

  constructor(
    private readonly queue: QueueStore,
    private readonly onDrop: (drop: Drop) => Promise<void>,
  ) {
    this.view = vscode.window.createTreeView('adapterLab.queue', {
      treeDataProvider: this,
      dragAndDropController: this,
      canSelectMany: true,
    });
    this.owned = vscode.Disposable.from(
      this.view,
      this.changed,
      queue.onDidChange(() => {
        this.update();
      }),
      this.view.onDidChangeVisibility(({ visible }) => {
        if (visible) this.update();
      }),
    );
  }

  dispose(): void {
    this.owned.dispose();
  }

  getChildren(node?: QueueNode): QueueNode[] {
    if (node !== undefined) return [];
    this.nodes = queueNodes(this.queue.content);
    return this.nodes;
  }

  getParent(): undefined {
    return undefined;
  }

  getTreeItem(node: QueueNode): vscode.TreeItem {
    return treeItem(node.id, queueLine(node, new Date(), l10n.t));
  }

  /** Shows waiting runs as selected, where they stand now. */
  async select(folders: readonly string[]): Promise<void> {
    if (!this.view.visible) return;
    const node = this.nodes.find(({ view }) => folders.includes(view.folder));
    if (node !== undefined) await this.view.reveal(node, { select: true, focus: true });
  }

  /** Opens the view where it is closed, as it is until somebody queues. */
  async show(folders: readonly string[]): Promise<void> {
    const node = queueNodes(this.queue.content).find(({ view }) => folders.includes(view.folder));
    if (node !== undefined) await this.view.reveal(node, { select: false, focus: false });
  }

  handleDrag(nodes: readonly QueueNode[], data: vscode.DataTransfer): void {
    const folders = nodes.filter(({ place }) => place !== undefined).map(({ view }) => view.folder);
    if (folders.length > 0) data.set(ownMime, new vscode.DataTransferItem(JSON.stringify(folders)));
  }

  async handleDrop(target: QueueNode | undefined, data: vscode.DataTransfer): Promise<void> {
    // A type may come twice: empty or as VS Code's own note when the drag began, then as the tree filled it in.
    const textsOf = (mime: string): Promise<string[]> =>
      Promise.all([...data].filter(([type]) => type === mime).map(([, item]) => item.asString()));
    const foldersOf = async (mime: string): Promise<string[]> =>
      (await textsOf(mime)).flatMap(droppedFolders);
    const experiments = await foldersOf(`${treeMime}adapterlab.experiments`);
    const uris = (await textsOf('text/uri-list')).join('\n');
    const files = [...experiments.map((file) => vscode.Uri.file(file)), ...uriList(uris)];
    // What is dropped on a running one goes before all that wait.
    const before = target?.place === undefined ? target && this.firstWaiting() : target.view.folder;
    await this.onDrop({
      runs: [...(await foldersOf(ownMime)), ...(await foldersOf(`${treeMime}adapterlab.runs`))],
      experiments: [...new Map(files.map((uri) => [uri.toString(), uri])).values()],
      before,
    });
  }

  private firstWaiting(): string | undefined {
    return this.nodes.find(({ place }) => place === 1)?.view.folder;
  }

  private update(): void {
    const { content } = this.queue;
    if (this.isPaused !== content.paused) {
      this.isPaused = content.paused;
      void vscode.commands.executeCommand('setContext', 'adapterLab.queuePaused', content.paused);
    }
    if (!this.view.visible) return;
    this.view.message = queueMessage(content, l10n.t);
    this.view.description = queueSummary(content, l10n.t);
    this.changed.fire(undefined);
  }
}

function uriList(text: string): vscode.Uri[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => vscode.Uri.parse(line));
}

// Runs of the sidebar can be dragged onto the queue, a group with all its runs.
import * as vscode from 'vscode';
import type { Node } from '../treeModel';

const runsMime = 'application/vnd.code.tree.adapterlab.runs';

export const runsDrag: vscode.TreeDragAndDropController<Node> = {
  dragMimeTypes: [runsMime],
  dropMimeTypes: [],
  handleDrag(nodes, data) {
    const folders = new Set(nodes.flatMap(foldersOf));
    if (folders.size === 0) return;
    data.set(runsMime, new vscode.DataTransferItem(JSON.stringify([...folders])));
  },
};

function foldersOf(node: Node): string[] {
  if (node.kind === 'run') return [node.view.folder];
  return 'runs' in node ? node.runs.map(({ view }) => view.folder) : [];
}

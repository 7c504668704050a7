// A line of a tree as VS Code takes it.
import * as vscode from 'vscode';
import type { TreeLine } from './treeLine';

export function treeItem(id: string, line: TreeLine): vscode.TreeItem {
  const item = new vscode.TreeItem(line.label);
  item.id = id;
  item.description = line.description;
  const color = line.color === undefined ? undefined : new vscode.ThemeColor(line.color);
  item.iconPath = new vscode.ThemeIcon(line.icon, color);
  item.contextValue = line.context;
  item.tooltip = line.tooltip;
  // Without it a screen reader would read the tooltip.
  item.accessibilityInformation = { label: line.spoken };
  return item;
}

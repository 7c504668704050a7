// The lines of the sidebar's tree, as VS Code draws them and as a screen reader says them.
import * as vscode from 'vscode';
import {
  bestText,
  checkpointDescription,
  checkpointLabel,
  type CheckpointView,
} from './runDetails';
import { runIcon, runItemContext, runLine, runTitle, stateText, type RunView } from './runModel';
import {
  groupDescription,
  type AnyGroupNode,
  type CheckpointNode,
  type MoreNode,
  type RunNode,
} from './treeModel';

const { l10n } = vscode;
const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

export function groupItem(node: AnyGroupNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.name, Expanded);
  item.id = node.id;
  item.description = groupDescription(node, l10n.t);
  item.iconPath = icon(node.kind === 'experiment' ? { icon: 'beaker' } : node);
  item.contextValue = node.kind;
  item.tooltip = node.kind === 'experiment' ? node.file : node.name;
  // Without it a screen reader would read the tooltip.
  item.accessibilityInformation = { label: `${node.name}, ${item.description}` };
  return item;
}

export interface RunItemContext {
  isChecked: boolean;
  isUnderExperiment: boolean;
}

export function runItem({ id, view }: RunNode, context: RunItemContext): vscode.TreeItem {
  const { status, tags } = view;
  const title = runTitle(view);
  const item = new vscode.TreeItem(
    tags.star ? `★ ${title}` : title,
    status.step > 0 ? Collapsed : None,
  );
  item.id = id;
  item.iconPath = icon(runIcon(status.state));
  const { isUnderExperiment } = context;
  item.description = runLine(view, { now: new Date(), t: l10n.t, isUnderExperiment });
  item.contextValue = runItemContext(view);
  item.checkboxState = checkbox(title, context.isChecked);
  item.accessibilityInformation = { label: spoken(view, item.description) };
  return item;
}

/** "Step 200", its figures, and whether it is the run's best. */
export function checkpointItem(node: CheckpointNode): vscode.TreeItem {
  const { id, checkpoint } = node;
  const item = new vscode.TreeItem(checkpointLabel(checkpoint, l10n.t));
  item.id = id;
  item.description = checkpointDescription(checkpoint, l10n.t);
  item.iconPath = checkpointIcon(checkpoint);
  item.contextValue = checkpointContext(node);
  const best = bestText(checkpoint, l10n.t);
  const parts = [checkpointLabel(checkpoint, l10n.t), item.description, best ?? ''];
  item.accessibilityInformation = { label: parts.filter((part) => part !== '').join(', ') };
  return item;
}

/** Menus ask for these words. */
function checkpointContext({ run, checkpoint }: CheckpointNode): string {
  const what = run.run.settings.method === 'full' ? 'model' : 'adapter';
  return `checkpoint ${what}${checkpoint.best === undefined ? '' : ' best'}`;
}

export function moreItem(node: MoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem(l10n.t('Show More…'), None);
  item.id = node.id;
  item.description = l10n.t('{0} runs are not shown', node.hidden);
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.contextValue = 'more';
  item.tooltip = l10n.t('A filter finds a run sooner.');
  item.command = {
    command: 'adapterLab.showMoreRuns',
    title: l10n.t('Show More'),
    arguments: [node],
  };
  const label = `${l10n.t('Show More')}, ${item.description}`;
  item.accessibilityInformation = { label, role: 'button' };
  return item;
}

function spoken(view: RunView, line: string): string {
  const { status, tags, run } = view;
  return [
    runTitle(view),
    stateText(status.state, l10n.t),
    ...(tags.star ? [l10n.t('starred')] : []),
    line,
    run.id,
  ].join(', ');
}

function checkbox(
  title: string,
  isChecked: boolean,
): Exclude<vscode.TreeItem['checkboxState'], undefined> {
  const { Checked, Unchecked } = vscode.TreeItemCheckboxState;
  const state = isChecked ? Checked : Unchecked;
  const tooltip = isChecked ? l10n.t('Leave out of the comparison') : l10n.t('Choose to compare');
  return { state, tooltip, accessibilityInformation: { label: l10n.t('Compare {0}', title) } };
}

function checkpointIcon({ best }: CheckpointView): vscode.ThemeIcon {
  if (best === undefined) return new vscode.ThemeIcon('git-commit');
  return new vscode.ThemeIcon('verified-filled', new vscode.ThemeColor('charts.yellow'));
}

function icon({ icon: name, color }: { icon: string; color?: string }): vscode.ThemeIcon {
  return new vscode.ThemeIcon(name, color === undefined ? undefined : new vscode.ThemeColor(color));
}

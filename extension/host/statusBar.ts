// What runs, at the lower edge of the window; a click opens the run, or the sidebar when there are several.
import * as vscode from 'vscode';
import type { RunStore } from './runStore';
import { workStatus } from './statusModel';

export function registerStatusBar(store: RunStore): vscode.Disposable {
  const item = vscode.window.createStatusBarItem(
    'adapterLab.running',
    vscode.StatusBarAlignment.Left,
    10,
  );
  item.name = vscode.l10n.t('Adapter Lab Runs');
  let shown = '';
  const show = () => {
    const status = workStatus(store.views, vscode.l10n.t);
    const next = JSON.stringify(status);
    if (next === shown) return;
    shown = next;
    if (status === undefined) {
      item.hide();
      return;
    }
    const { text, tooltip, folder } = status;
    item.text = `$(loading~spin) ${text}`;
    item.tooltip = new vscode.MarkdownString(tooltip, true);
    item.command =
      folder === undefined
        ? 'adapterLab.runs.focus'
        : { command: 'adapterLab.openRun', title: '', arguments: [folder] };
    item.accessibilityInformation = { label: vscode.l10n.t('Adapter Lab: {0}', text) };
    item.show();
  };
  show();
  return vscode.Disposable.from(item, store.onDidChange(show));
}

// What runs, at the lower edge of the window; a click opens the sidebar.
import * as vscode from 'vscode';
import type { RunStore } from './runStore';
import { statusText } from './statusModel';

export function registerStatusBar(store: RunStore): vscode.Disposable {
  const item = vscode.window.createStatusBarItem(
    'adapterLab.running',
    vscode.StatusBarAlignment.Left,
    10,
  );
  item.name = vscode.l10n.t('Adapter Lab Runs');
  item.command = 'adapterLab.runs.focus';
  const show = () => {
    const text = statusText(store.views, vscode.l10n.t);
    if (text === undefined) {
      item.hide();
      return;
    }
    item.text = `$(loading~spin) ${text}`;
    item.tooltip = vscode.l10n.t('Adapter Lab: show the runs');
    item.accessibilityInformation = { label: vscode.l10n.t('Adapter Lab: {0}', text) };
    item.show();
  };
  show();
  return vscode.Disposable.from(item, store.onDidChange(show));
}

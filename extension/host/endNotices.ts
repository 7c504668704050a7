// One notification when a run that was seen running ends or fails, with what to do next.
import * as vscode from 'vscode';
import type { RunState } from '../shared/run';
import type { RunStore } from './runStore';
import { endNotice, type EndNotice } from './statusModel';

export function registerEndNotices(store: RunStore): { dispose(): void } {
  const states = new Map<string, RunState>();
  const look = () => {
    for (const view of store.views) {
      const notice = endNotice(states.get(view.folder), view, vscode.l10n.t);
      states.set(view.folder, view.status.state);
      if (notice !== undefined) void show(notice);
    }
  };
  look();
  return store.onDidChange(look);
}

async function show({ view, isError, text }: EndNotice): Promise<void> {
  const log = vscode.l10n.t('Show Log');
  const runs = vscode.l10n.t('Show Runs');
  const chosen = isError
    ? await vscode.window.showErrorMessage(text, log)
    : await vscode.window.showInformationMessage(text, runs);
  if (chosen === log) await vscode.commands.executeCommand('adapterLab.showLog', view.folder);
  if (chosen === runs) await vscode.commands.executeCommand('adapterLab.runs.focus');
}

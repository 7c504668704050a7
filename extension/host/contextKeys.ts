// What `when` clauses and the walkthrough ask about the runs of this workspace.
import * as vscode from 'vscode';
import type { RunStore } from './runStore';

export function registerContextKeys(store: RunStore): { dispose(): void } {
  let hasFinished = false;
  const look = () => {
    const now = store.views.some(({ status }) => status.state === 'done');
    if (now === hasFinished) return;
    hasFinished = now;
    void vscode.commands.executeCommand('setContext', 'adapterLab.hasFinishedRun', now);
  };
  look();
  return store.onDidChange(look);
}

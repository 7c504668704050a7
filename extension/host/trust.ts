// Untrusted workspaces are browsed; nothing of them runs.
import * as vscode from 'vscode';

export function refuseUntrusted(): void {
  if (vscode.workspace.isTrusted) return;
  throw new Error(vscode.l10n.t('Training needs a trusted workspace.'));
}

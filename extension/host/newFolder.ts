// A folder that a command makes: where the user wants it, and how it is shown when it is there.
import * as vscode from 'vscode';
import { revealFolder } from './revealFolder';

const messageMs = 8000;

/** Undefined if the user thought better of it. `saveLabel`: of the button. */
export async function askForNewFolder(
  proposed: string,
  saveLabel: string,
): Promise<string | undefined> {
  const chosen = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('New Folder'),
    saveLabel,
    defaultUri: vscode.Uri.file(proposed),
  });
  return chosen?.fsPath;
}

export async function tellFolder(folder: string, text: string): Promise<void> {
  vscode.window.setStatusBarMessage(text, messageMs);
  await revealFolder(folder);
}

// Shows a folder where the user can see it.
import * as vscode from 'vscode';

/** The system's file manager shows the window's machine: over a remote connection the folder is elsewhere. */
export async function revealFolder(folder: string): Promise<void> {
  const isHere = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
  const command = isHere ? 'revealFileInOS' : 'revealInExplorer';
  await vscode.commands.executeCommand(command, vscode.Uri.file(folder));
}

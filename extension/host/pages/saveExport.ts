// Saves what a page exports where the user says.
import { homedir } from 'node:os';
import { extname } from 'node:path';
import * as vscode from 'vscode';
import type { ExportFile } from '../../shared/pages/common';

export async function saveExport({ name, text, base64 }: ExportFile): Promise<boolean> {
  const parent = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const extension = extname(name).slice(1);
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(parent, name),
    filters: { [extension.toUpperCase()]: [extension] },
  });
  if (target === undefined) return false;
  const bytes = base64 === undefined ? Buffer.from(text ?? '') : Buffer.from(base64, 'base64');
  try {
    await vscode.workspace.fs.writeFile(target, bytes);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    const told = vscode.l10n.t('{0} could not be saved: {1}', target.fsPath, problem);
    void vscode.window.showErrorMessage(told);
    return false;
  }
  return true;
}

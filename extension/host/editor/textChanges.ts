// A quick fix as VS Code applies it.
import * as vscode from 'vscode';
import type { QuickFix } from './quickFixes';

export function codeActionOf(
  document: vscode.TextDocument,
  fix: QuickFix,
  diagnostic: vscode.Diagnostic,
): vscode.CodeAction {
  const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
  action.isPreferred = fix.isPreferred;
  action.diagnostics = [diagnostic];
  action.edit = new vscode.WorkspaceEdit();
  for (const { start, end, text } of fix.changes) {
    const place = new vscode.Range(document.positionAt(start), document.positionAt(end));
    action.edit.replace(document.uri, place, text);
  }
  return action;
}

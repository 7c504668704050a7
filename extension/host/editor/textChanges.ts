// A quick fix as VS Code applies it.
import * as vscode from 'vscode';
import type { QuickFix } from './quickFixes';
import { rangeOf } from './ranges';

export function codeActionOf(
  document: vscode.TextDocument,
  fix: QuickFix,
  diagnostic: vscode.Diagnostic,
): vscode.CodeAction {
  const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
  action.isPreferred = fix.isPreferred;
  action.diagnostics = [diagnostic];
  action.edit = new vscode.WorkspaceEdit();
  for (const change of fix.changes)
    action.edit.replace(document.uri, rangeOf(document, change), change.text);
  return action;
}

// Which documents are experiments, and the file that a command line is told they are.
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';

const ending = '.experiment.json';

/** Files, and texts that are to become one; what a version control shows of them is history. */
export const experimentSelector: vscode.DocumentSelector = ['file', 'untitled'].map((scheme) => ({
  scheme,
  pattern: `**/*${ending}`,
}));

export function isExperimentDocument({ uri }: vscode.TextDocument): boolean {
  return (uri.scheme === 'file' || uri.scheme === 'untitled') && uri.path.endsWith(ending);
}

/** Paths in the text are relative to its folder. */
export function fileOf({ uri }: vscode.TextDocument): string {
  if (uri.scheme === 'file') return uri.fsPath;
  const folder = vscode.workspace.workspaceFolders?.find((one) => one.uri.scheme === 'file');
  return join(folder?.uri.fsPath ?? homedir(), basename(uri.path));
}

export function openExperiments(): vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter(isExperimentDocument);
}

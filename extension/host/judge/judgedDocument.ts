// The document of a judged task: its address names the file of the answers, and whoever opens it sees what the files
// hold now.
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { findJudgedFiles, readJudged, type JudgedFile } from '../../runs/judgedResults';
import { judgedText } from './judgedText';

export const judgedScheme = 'adapter-lab-judged';

export function judgedUri({ task, answers }: JudgedFile): vscode.Uri {
  // A name of its own in the tab; the answers' file is what counts.
  return vscode.Uri.from({ scheme: judgedScheme, path: `/${task}.md`, query: answers });
}

export function judgedContent({ query, path }: vscode.Uri): string {
  const { t } = vscode.l10n;
  try {
    const [file] = findJudgedFiles(query);
    return file === undefined ? '' : judgedText({ ...readJudged(file), task: file.task }, t);
  } catch (error) {
    // The run was moved or deleted while its document was open.
    const problem = error instanceof Error ? error.message : String(error);
    return `# ${basename(path, '.md')}\n\n${problem}\n`;
  }
}

export async function showJudged(file: JudgedFile): Promise<void> {
  await vscode.commands.executeCommand('markdown.showPreview', judgedUri(file));
}

// The document of a judged task: its address names the file of the answers, and whoever opens it sees what the files
// hold now.
import { basename, dirname } from 'node:path';
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
    if (file === undefined) return '';
    const { task, folder } = file;
    return judgedText({ ...readJudged(file), task, place: placeName(folder) }, t);
  } catch (error) {
    // The run was moved or deleted while its document was open.
    const problem = error instanceof Error ? error.message : String(error);
    return `# ${basename(path, '.md')}\n\n${problem}\n`;
  }
}

/** The run, with the step of a checkpoint; or the folder of an evaluation of its own. */
function placeName(folder: string): string {
  const name = basename(folder);
  if (name === 'results') return basename(dirname(folder));
  const isStep = basename(dirname(folder)) === 'results';
  return isStep ? `${basename(dirname(dirname(folder)))}, ${name}` : name;
}

export async function showJudged(file: JudgedFile): Promise<void> {
  await vscode.commands.executeCommand('markdown.showPreview', judgedUri(file));
}

// Try Task on 5 Records, and New Evaluation Task.
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { Services } from '../services';
import { newTaskQuestions, newTaskText } from '../taskEditor/newTask';
import { taskFileName } from '../taskEditor/taskPlace';

const { l10n } = vscode;
const questionsName = 'test.json';

/** The report's text. `given`: the task.json; `isOtherModel`: not the model that was tried last. */
export async function tryTask(
  { editor }: Services,
  given: unknown,
  isOtherModel: unknown,
): Promise<string | undefined> {
  if (!vscode.workspace.isTrusted) throw new Error(l10n.t('Evaluating needs a trusted workspace.'));
  const file = given instanceof vscode.Uri ? given : (openTask() ?? (await chooseTask()));
  if (file === undefined) return undefined;
  return (await editor.tasks()).try(file, isOtherModel === true);
}

function openTask(): vscode.Uri | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  return uri?.scheme === 'file' && basename(uri.fsPath) === taskFileName ? uri : undefined;
}

async function chooseTask(): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles(`**/${taskFileName}`, '**/{node_modules,.git}/**');
  if (found.length === 0) {
    throw new Error(
      l10n.t('There is no task.json in this workspace; make one by New Evaluation Task.'),
    );
  }
  const items = found.map((uri) => ({
    label: basename(dirname(uri.fsPath)),
    description: vscode.workspace.asRelativePath(dirname(uri.fsPath)),
    uri,
  }));
  const placeHolder = l10n.t('Task to try');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.uri;
}

/** The new task.json. `given`: its folder; asked for otherwise. */
export async function newTask(_: Services, given: unknown): Promise<vscode.Uri | undefined> {
  const folder = given instanceof vscode.Uri ? given : await chooseFolder();
  if (folder === undefined) return undefined;
  const file = vscode.Uri.joinPath(folder, taskFileName);
  if (!existsSync(file.fsPath)) {
    await mkdir(folder.fsPath, { recursive: true });
    const questions = join(folder.fsPath, questionsName);
    if (!existsSync(questions)) await writeFile(questions, newTaskQuestions);
    await writeFile(file.fsPath, newTaskText(await columnsOf(questions)), { flag: 'wx' });
  }
  await vscode.window.showTextDocument(file, { preview: false });
  return file;
}

/** A name in the workspace's folder of data. */
async function chooseFolder(): Promise<vscode.Uri | undefined> {
  const [top] = vscode.workspace.workspaceFolders ?? [];
  if (top === undefined) throw new Error(l10n.t('Open a folder first: a task belongs to one.'));
  const [known] = await vscode.workspace.findFiles(
    `**/data/*/test.json`,
    '**/{node_modules,.git}/**',
    1,
  );
  const data = known === undefined ? join(top.uri.fsPath, 'data') : dirname(dirname(known.fsPath));
  const name = await vscode.window.showInputBox({
    title: l10n.t('New Evaluation Task'),
    prompt: l10n.t('A folder of this name in {0}', vscode.workspace.asRelativePath(data)),
    placeHolder: l10n.t('Name of the task'),
    validateInput: (text) => problemOf(text.trim(), data),
  });
  return name === undefined ? undefined : vscode.Uri.file(join(data, name.trim()));
}

function problemOf(name: string, data: string): string | undefined {
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._ -]*$/u.test(name)) {
    return l10n.t('Letters, digits, dots, dashes, underscores');
  }
  return existsSync(join(data, name, taskFileName))
    ? l10n.t('There is a task of this name already')
    : undefined;
}

/** Of the first record; none where the file cannot be read as a list of them. */
async function columnsOf(questions: string): Promise<string[]> {
  try {
    const value: unknown = JSON.parse(await readFile(questions, 'utf8'));
    const first: unknown = Array.isArray(value) ? value[0] : undefined;
    return typeof first === 'object' && first !== null ? Object.keys(first) : [];
  } catch {
    return [];
  }
}

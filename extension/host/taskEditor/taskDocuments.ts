// Which documents are tasks: by the folders that experiments name, or by what a file of that name holds.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { findExperiments, watchExperiments } from '../experiments';
import { dataFoldersOf, isUsualPlace } from './dataFolders';
import { looksLikeTask } from './taskLenses';
import { taskFileName, taskPlace } from './taskPlace';

const readersAtOnce = 8;

export class TaskDocuments implements vscode.Disposable {
  private folders = new Set<string>();
  private reading: Promise<void> | undefined;
  private readonly watching: vscode.Disposable;

  constructor() {
    this.watching = watchExperiments(() => {
      this.reading = undefined;
    });
  }

  /** Reads the experiments if any was written since. */
  async isTask(document: vscode.TextDocument): Promise<boolean> {
    const { uri } = document;
    if (!isTaskFile(document)) return false;
    if (isUsualPlace(uri.fsPath) || looksLikeTask(document.getText())) return true;
    this.reading ??= this.read();
    await this.reading;
    return this.folders.has(taskPlace(uri.fsPath).data);
  }

  dispose(): void {
    this.watching.dispose();
  }

  private async read(): Promise<void> {
    const waiting = await findExperiments();
    const found = new Set<string>();
    const readNext = async (): Promise<void> => {
      for (let uri = waiting.pop(); uri !== undefined; uri = waiting.pop()) {
        // One that cannot be read names no folder.
        const text = await readFile(uri.fsPath, 'utf8').catch(() => '');
        for (const folder of dataFoldersOf(uri.fsPath, text)) found.add(folder);
      }
    };
    await Promise.all(Array.from({ length: readersAtOnce }, readNext));
    this.folders = found;
  }
}

export function isTaskFile({ uri }: vscode.TextDocument): boolean {
  return uri.scheme === 'file' && basename(uri.fsPath) === taskFileName;
}

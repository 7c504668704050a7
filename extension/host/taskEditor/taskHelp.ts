// Completions and hovers of tasks that lie where VS Code's own JSON support has no schema for them.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { rangeOf } from '../editor/ranges';
import { isUsualPlace } from './dataFolders';
import type { TaskDocuments } from './taskDocuments';
import { taskCompletions, taskMeaning, type TaskCompletion, type TaskSchema } from './taskSchema';

export class TaskHelp {
  private schema: Promise<TaskSchema> | undefined;

  constructor(
    private readonly tasks: TaskDocuments,
    private readonly extensionFolder: string,
  ) {}

  async completions(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.CompletionItem[]> {
    if (!(await this.isOurs(document))) return [];
    const offset = document.offsetAt(position);
    const { span, items } = taskCompletions(document.getText(), offset, await this.read());
    const range = rangeOf(document, span);
    return items.map((item) => completionItem(item, range));
  }

  async hover(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | undefined> {
    if (!(await this.isOurs(document))) return undefined;
    const schema = await this.read();
    const meaning = taskMeaning(document.getText(), document.offsetAt(position), schema);
    if (meaning === undefined) return undefined;
    const text = new vscode.MarkdownString(meaning.lines.join('\n\n'));
    return new vscode.Hover(text, rangeOf(document, meaning.span));
  }

  private async isOurs(document: vscode.TextDocument): Promise<boolean> {
    return !isUsualPlace(document.uri.fsPath) && (await this.tasks.isTask(document));
  }

  private read(): Promise<TaskSchema> {
    const file = join(this.extensionFolder, 'dist', 'task.schema.json');
    this.schema ??= readFile(file, 'utf8').then((text) => JSON.parse(text) as TaskSchema);
    return this.schema;
  }
}

function completionItem(
  { label, text, detail, kind }: TaskCompletion,
  range: vscode.Range,
): vscode.CompletionItem {
  const { Property, EnumMember } = vscode.CompletionItemKind;
  const item = new vscode.CompletionItem(label, kind === 'setting' ? Property : EnumMember);
  item.insertText = kind === 'setting' ? new vscode.SnippetString(text) : text;
  // What is replaced may begin with a quote.
  item.filterText = kind === 'setting' ? JSON.stringify(label) : text;
  item.documentation = detail;
  item.range = range;
  return item;
}

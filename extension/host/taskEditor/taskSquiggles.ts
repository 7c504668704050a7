// Problems of open tasks as diagnostics, while they are written.
import * as vscode from 'vscode';
import { rangeOf } from '../editor/ranges';
import { isTaskFile, type TaskDocuments } from './taskDocuments';
import { taskProblems } from './taskProblems';

const pauseMs = 200;

export class TaskSquiggles implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('adapterLab.tasks');
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly listening: vscode.Disposable;

  constructor(private readonly tasks: TaskDocuments) {
    this.listening = vscode.Disposable.from(
      vscode.workspace.onDidOpenTextDocument((document) => {
        this.look(document, 0);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        this.look(document, pauseMs);
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        clearTimeout(this.timers.get(uri.toString()));
        this.timers.delete(uri.toString());
        this.collection.delete(uri);
      }),
    );
    for (const document of vscode.workspace.textDocuments) this.look(document, 0);
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.listening.dispose();
    this.collection.dispose();
  }

  private look(document: vscode.TextDocument, afterMs: number): void {
    if (!isTaskFile(document)) return;
    const name = document.uri.toString();
    clearTimeout(this.timers.get(name));
    const timer = setTimeout(() => {
      void this.show(document);
    }, afterMs);
    this.timers.set(name, timer);
  }

  private async show(document: vscode.TextDocument): Promise<void> {
    const isTask = await this.tasks.isTask(document);
    if (document.isClosed) return;
    // Comments are no mistake in it.
    if (isTask && document.languageId === 'json') {
      await vscode.languages.setTextDocumentLanguage(document, 'jsonc');
      return;
    }
    this.collection.set(document.uri, isTask ? taskDiagnostics(document) : []);
  }
}

function taskDiagnostics(document: vscode.TextDocument): vscode.Diagnostic[] {
  return taskProblems(document.getText()).map(({ span, message, code }) => {
    const diagnostic = new vscode.Diagnostic(rangeOf(document, span), message);
    diagnostic.source = 'Adapter Lab';
    diagnostic.code = code;
    return diagnostic;
  });
}

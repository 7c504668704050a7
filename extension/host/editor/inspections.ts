// The newest inspection of every open experiment, made by the command line in a process of its own. It reads what the
// file names and runs nothing of it, so workspaces that are not trusted are inspected too.
import * as vscode from 'vscode';
import type { Inspection } from '../../shared/inspection';
import { refusalOf } from '../refusal';
import type { Services } from '../services';
import { fileOf, isExperimentDocument, openExperiments } from './experimentDocuments';
import { InspectionQueue } from './inspectionQueue';

const pauseMs = 300;

export interface Inspected {
  /** What was inspected: the document may have changed since. */
  text: string;
  inspection: Inspection;
}

export class Inspections implements vscode.Disposable {
  private readonly results = new Map<string, Inspected>();
  private readonly changed = new vscode.EventEmitter<vscode.TextDocument>();
  private readonly queue: InspectionQueue<Inspection>;
  private readonly listening: vscode.Disposable;
  readonly onDidChange = this.changed.event;

  constructor(private readonly services: Services) {
    this.queue = new InspectionQueue<Inspection>({
      pauseMs,
      inspect: (name, text, signal) => this.inspect(name, text, signal),
      onResult: (name, text, inspection) => {
        this.keep(name, { text, inspection });
      },
      onError: (error) => {
        services.output.warn(`inspect: ${String(error)}`);
      },
    });
    this.listening = vscode.Disposable.from(
      vscode.workspace.onDidOpenTextDocument((document) => {
        this.ask(document, 0);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.ask(document);
      }),
      // What the file names may have changed on the disk meanwhile.
      vscode.workspace.onDidSaveTextDocument((document) => {
        this.ask(document, 0);
      }),
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        if (editor) this.ask(editor.document, 0);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.queue.forget(document.uri.toString());
        this.results.delete(document.uri.toString());
      }),
    );
    for (const document of openExperiments()) this.ask(document, 0);
  }

  of(document: vscode.TextDocument): Inspected | undefined {
    return this.results.get(document.uri.toString());
  }

  /** The document's text as it is now, inspected. */
  async current(document: vscode.TextDocument): Promise<Inspection> {
    const text = document.getText();
    const known = this.of(document);
    if (known?.text === text) return known.inspection;
    return this.inspect(document.uri.toString(), text, new AbortController().signal);
  }

  dispose(): void {
    this.queue.dispose();
    this.listening.dispose();
    this.changed.dispose();
  }

  private ask(document: vscode.TextDocument, afterMs?: number): void {
    if (!isExperimentDocument(document)) return;
    this.queue.ask(document.uri.toString(), document.getText(), afterMs);
  }

  private async inspect(name: string, text: string, signal: AbortSignal): Promise<Inspection> {
    const { programs, context } = this.services;
    const file = documentOf(name);
    if (file === undefined) throw new Error(`${name} is closed.`);
    const cache = vscode.Uri.joinPath(context.globalStorageUri, 'tokens').fsPath;
    const parameters = ['inspect', fileOf(file), '--stdin', '--json', '--cache', cache];
    const { code, stdout, stderr } = await programs.run(parameters, { input: text, signal });
    if (code !== 0) throw new Error(refusalOf(stdout, stderr).message);
    return JSON.parse(stdout) as Inspection;
  }

  private keep(name: string, result: Inspected): void {
    const document = documentOf(name);
    if (document === undefined) return;
    this.results.set(name, result);
    this.changed.fire(document);
  }
}

function documentOf(name: string): vscode.TextDocument | undefined {
  return openExperiments().find(({ uri }) => uri.toString() === name);
}

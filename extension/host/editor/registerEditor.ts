// Registers what VS Code asks of experiment files and tasks. The answers are loaded when the first such file is open: an
// activation has no use for them.
import * as vscode from 'vscode';
import type { Services } from '../services';
import type { TaskEditor } from '../taskEditor/taskEditor';
import type { ExperimentEditor } from './experimentEditor';
import { experimentSelector, isExperimentDocument } from './experimentDocuments';

const taskSelector: vscode.DocumentSelector = { scheme: 'file', pattern: '**/task.json' };

export class EditorRegistration implements vscode.Disposable {
  private readonly lensesChanged = new vscode.EventEmitter<void>();
  private readonly hintsChanged = new vscode.EventEmitter<void>();
  private readonly registered: vscode.Disposable;
  private readonly taskLensesChanged = new vscode.EventEmitter<void>();
  private loading: Promise<ExperimentEditor> | undefined;
  private loadingTasks: Promise<TaskEditor> | undefined;

  constructor(private readonly services: () => Services) {
    const { languages, workspace } = vscode;
    this.registered = vscode.Disposable.from(
      languages.registerCodeLensProvider(experimentSelector, {
        onDidChangeCodeLenses: this.lensesChanged.event,
        provideCodeLenses: async (document) => (await this.editor()).lenses(document),
      }),
      languages.registerCodeLensProvider(taskSelector, {
        onDidChangeCodeLenses: this.taskLensesChanged.event,
        provideCodeLenses: async (document) => (await this.tasks()).lenses(document),
      }),
      languages.registerInlayHintsProvider(experimentSelector, {
        onDidChangeInlayHints: this.hintsChanged.event,
        provideInlayHints: async (document, range) => (await this.editor()).hints(document, range),
      }),
      languages.registerCompletionItemProvider(
        experimentSelector,
        {
          provideCompletionItems: async (document, position) =>
            (await this.editor()).completions(document, position),
        },
        '"',
        '/',
      ),
      languages.registerHoverProvider(experimentSelector, {
        provideHover: async (document, position) => (await this.editor()).hover(document, position),
      }),
      languages.registerCodeActionsProvider(
        experimentSelector,
        {
          provideCodeActions: async (document, range) =>
            (await this.editor()).fixes(document, range),
        },
        { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
      ),
      languages.registerCompletionItemProvider(
        taskSelector,
        {
          provideCompletionItems: async (document, position) =>
            (await this.tasks()).completions(document, position),
        },
        '"',
      ),
      languages.registerHoverProvider(taskSelector, {
        provideHover: async (document, position) => (await this.tasks()).hover(document, position),
      }),
      workspace.onDidOpenTextDocument((document) => {
        this.loadFor(document);
      }),
    );
    for (const document of workspace.textDocuments) this.loadFor(document);
  }

  editor(): Promise<ExperimentEditor> {
    this.loading ??= this.load();
    return this.loading;
  }

  tasks(): Promise<TaskEditor> {
    this.loadingTasks ??= this.loadTasks();
    return this.loadingTasks;
  }

  dispose(): void {
    this.registered.dispose();
    this.lensesChanged.dispose();
    this.hintsChanged.dispose();
    this.taskLensesChanged.dispose();
    void this.loading?.then((editor) => {
      editor.dispose();
    });
    void this.loadingTasks?.then((tasks) => {
      tasks.dispose();
    });
  }

  private loadFor(document: vscode.TextDocument): void {
    if (isExperimentDocument(document)) void this.editor();
    if (vscode.languages.match(taskSelector, document) > 0) void this.tasks();
  }

  private async loadTasks(): Promise<TaskEditor> {
    const { TaskEditor } = await import('./experimentEditor');
    const tasks = new TaskEditor(this.services());
    tasks.onDidChangeLenses(() => {
      this.taskLensesChanged.fire();
    });
    return tasks;
  }

  private async load(): Promise<ExperimentEditor> {
    // A bundle of its own (esbuild.mjs).
    const { ExperimentEditor } = await import('./experimentEditor');
    const editor = new ExperimentEditor(this.services(), async (folder) => {
      const { EventTail } = await import('../../runs/eventReader');
      return new EventTail(folder);
    });
    editor.onDidChangeLenses(() => {
      this.lensesChanged.fire();
    });
    editor.onDidChangeHints(() => {
      this.hintsChanged.fire();
    });
    return editor;
  }
}

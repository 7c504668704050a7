// Problems that the newest runs met as diagnostics at the settings that cause them, with quick fixes and a way to the
// run.
import * as vscode from 'vscode';
import { isExperimentDocument, openExperiments } from './experimentDocuments';
import type { Inspections } from './inspections';
import { outlineOf } from './outline';
import { rangeOf } from './ranges';
import type { RunsOfDocument } from './runNotes';
import { source } from './squiggles';
import { codeActionOf } from './textChanges';
import { trainingProblems, type TrainingProblem } from './trainingProblems';

export class RunSquiggles implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('adapterLab.runs');
  private readonly listening: vscode.Disposable;

  constructor(
    private readonly runsOf: RunsOfDocument,
    private readonly inspections: Inspections,
  ) {
    this.listening = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (isExperimentDocument(document)) this.showIn(document);
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.collection.delete(uri);
      }),
    );
    this.show();
  }

  show(): void {
    for (const document of openExperiments()) this.showIn(document);
  }

  fixes(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    return this.problemsIn(document).flatMap((problem) => {
      const diagnostic = diagnosticOf(document, problem);
      if (diagnostic.range.intersection(range) === undefined) return [];
      const title = vscode.l10n.t('Open the run that met this');
      const open = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
      open.command = { title, command: 'adapterLab.openRun', arguments: [problem.folder] };
      open.diagnostics = [diagnostic];
      const fixes = problem.fixes.map((fix) => codeActionOf(document, fix, diagnostic));
      return [...fixes, open];
    });
  }

  dispose(): void {
    this.listening.dispose();
    this.collection.dispose();
  }

  private showIn(document: vscode.TextDocument): void {
    const problems = this.problemsIn(document);
    this.collection.set(
      document.uri,
      problems.map((problem) => diagnosticOf(document, problem)),
    );
  }

  private problemsIn(document: vscode.TextDocument): TrainingProblem[] {
    const runs = this.runsOf(document);
    if (runs.length === 0) return [];
    const files = this.inspections.of(document)?.inspection.files ?? [];
    const longest = Math.max(0, ...files.map((file) => file.longest));
    const outline = outlineOf(document.getText());
    const longestRecord = longest === 0 ? undefined : longest;
    return trainingProblems(runs, { outline, longestRecord, t: vscode.l10n.t });
  }
}

function diagnosticOf(
  document: vscode.TextDocument,
  { code, message, span, folder }: TrainingProblem,
): vscode.Diagnostic {
  const range = rangeOf(document, span);
  const diagnostic = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Warning);
  diagnostic.source = source;
  const given = encodeURIComponent(JSON.stringify([folder]));
  const target = vscode.Uri.parse(`command:adapterLab.openRun?${given}`);
  diagnostic.code = { value: code, target };
  return diagnostic;
}

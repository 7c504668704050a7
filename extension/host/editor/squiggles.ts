// Problems of open experiments as diagnostics, and the quick fixes for them.
import * as vscode from 'vscode';
import type { Problem, TextRange } from '../../shared/inspection';
import type { Inspections } from './inspections';
import { keySpan, nodeAt, outlineOf, spanOf } from './outline';
import { quickFixes } from './quickFixes';
import { rangeOf } from './ranges';
import { codeActionOf } from './textChanges';

/** Stands behind every message. */
export const source = 'Adapter Lab';

/** VS Code's own JSON support underlines what is no JSON. */
function isShown({ code }: Problem): boolean {
  return code !== 'experiment-broken';
}

export class Squiggles implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('adapterLab');
  private readonly listening: vscode.Disposable;

  constructor(private readonly inspections: Inspections) {
    this.listening = vscode.Disposable.from(
      inspections.onDidChange((document) => {
        this.show(document);
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.collection.delete(uri);
      }),
    );
  }

  /** For the problems that `range` touches. */
  fixes(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const problems = this.inspections.of(document)?.inspection.problems ?? [];
    const outline = outlineOf(document.getText());
    return problems
      .filter((problem) => isShown(problem) && toRange(problem.range).intersection(range))
      .flatMap((problem) => {
        const diagnostic = this.diagnosticOf(document, problem);
        const fixes = quickFixes(outline, problem, vscode.l10n.t);
        return fixes.map((fix) => codeActionOf(document, fix, diagnostic));
      });
  }

  dispose(): void {
    this.listening.dispose();
    this.collection.dispose();
  }

  private show(document: vscode.TextDocument): void {
    const inspected = this.inspections.of(document);
    // A newer inspection is on its way.
    if (inspected?.text !== document.getText()) return;
    const shown = inspected.inspection.problems.filter(isShown);
    this.collection.set(
      document.uri,
      shown.map((problem) => this.diagnosticOf(document, problem)),
    );
  }

  private diagnosticOf(document: vscode.TextDocument, problem: Problem): vscode.Diagnostic {
    const { message, code, range } = problem;
    const diagnostic = new vscode.Diagnostic(toRange(range), message);
    diagnostic.source = source;
    diagnostic.code = code;
    diagnostic.relatedInformation = otherPlace(document, problem);
    return diagnostic;
  }
}

/** Of a conflict: the setting that the other one conflicts with. */
function otherPlace(
  document: vscode.TextDocument,
  { code, data }: Problem,
): vscode.DiagnosticRelatedInformation[] {
  if (code !== 'settings-conflict') return [];
  const setting = String(data.first);
  const outline = outlineOf(document.getText());
  const path = setting.split('.');
  const node = nodeAt(outline, path);
  if (node === undefined) return [];
  const range = rangeOf(document, keySpan(outline, path) ?? spanOf(node));
  const place = new vscode.Location(document.uri, range);
  return [new vscode.DiagnosticRelatedInformation(place, vscode.l10n.t('It conflicts with this.'))];
}

function toRange({ line, column, endLine, endColumn }: TextRange): vscode.Range {
  return new vscode.Range(line - 1, column - 1, endLine - 1, endColumn - 1);
}

// Everything that stands inside an open experiment file: lenses, hints, squiggles. Made when the first one is opened.
import * as vscode from 'vscode';
import type { RunView } from '../runModel';
import type { Services } from '../services';
import { runsDirectoryOf } from '../settings';
import { hintsOf } from './hints';
import { Inspections } from './inspections';
import { lensesOf } from './lenses';
import { outlineOf } from './outline';
import { runsOf } from './runsOf';
import { Squiggles } from './squiggles';

export class ExperimentEditor implements vscode.Disposable {
  readonly inspections: Inspections;
  private readonly squiggles: Squiggles;
  private readonly lensesChanged = new vscode.EventEmitter<void>();
  private readonly hintsChanged = new vscode.EventEmitter<void>();
  private readonly listening: vscode.Disposable;
  readonly onDidChangeLenses = this.lensesChanged.event;
  readonly onDidChangeHints = this.hintsChanged.event;

  constructor(private readonly services: Services) {
    this.inspections = new Inspections(services);
    this.squiggles = new Squiggles(this.inspections);
    const runsChanged = services.store.onDidChange(() => {
      this.lensesChanged.fire();
    });
    this.listening = vscode.Disposable.from(
      this.inspections.onDidChange(() => {
        this.hintsChanged.fire();
      }),
      new vscode.Disposable(() => {
        runsChanged.dispose();
      }),
    );
  }

  lenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const [last] = runsOfDocument(this.services.store.views, document);
    const isFile = document.uri.scheme === 'file';
    const context = {
      canTrain: isFile && vscode.workspace.isTrusted,
      hasRuns: last !== undefined,
      t: vscode.l10n.t,
    };
    return lensesOf(outlineOf(document.getText()), context).map((lens) => {
      const place = document.positionAt(lens.offset);
      const about = lens.about === 'experiment' ? document.uri : last?.folder;
      return new vscode.CodeLens(new vscode.Range(place, place), {
        title: lens.title,
        command: `adapterLab.${lens.command}`,
        arguments: [about],
        ...(lens.tooltip !== undefined && { tooltip: lens.tooltip }),
      });
    });
  }

  hints(document: vscode.TextDocument, range: vscode.Range): vscode.InlayHint[] {
    const inspected = this.inspections.of(document);
    if (inspected === undefined) return [];
    const outline = outlineOf(document.getText());
    return hintsOf(outline, inspected.inspection, vscode.l10n.t).flatMap((hint) => {
      const place = document.positionAt(hint.offset);
      if (!range.contains(place)) return [];
      const shown = new vscode.InlayHint(place, hint.text);
      shown.paddingLeft = true;
      shown.tooltip = hint.tooltip;
      return [shown];
    });
  }

  fixes(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    return this.squiggles.fixes(document, range);
  }

  dispose(): void {
    this.listening.dispose();
    this.squiggles.dispose();
    this.inspections.dispose();
    this.lensesChanged.dispose();
    this.hintsChanged.dispose();
  }
}

/** The newest first. */
function runsOfDocument(views: readonly RunView[], { uri }: vscode.TextDocument): RunView[] {
  return uri.scheme === 'file' ? runsOf(views, uri.fsPath, runsDirectoryOf(uri)) : [];
}

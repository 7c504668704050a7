// Everything that stands inside an open experiment file: lenses, hints, squiggles, notes. Made when the first one is opened.
import * as vscode from 'vscode';
import type { RunView } from '../runModel';
import type { Services } from '../services';
import { runsDirectoryOf } from '../settings';
import { completionsIn } from './completions';
import { fileOf, openExperiments } from './experimentDocuments';
import { hintsOf } from './hints';
import { Inspections } from './inspections';
import { lensesOf } from './lenses';
import { MemoryPage } from './memoryPage';
import { NewestRunsReader, type ExperimentPlace, type OpenTail } from './newestRunsReader';
import { outlineOf } from './outline';
import { RunNotes } from './runNotes';
import { RunSquiggles } from './runSquiggles';
import { runsOf } from './runsOf';
import { Squiggles } from './squiggles';

/** In the same bundle: both parse JSON with comments, which nothing else of the host does. */
export { TaskEditor } from '../taskEditor/taskEditor';

export class ExperimentEditor implements vscode.Disposable {
  readonly inspections: Inspections;
  private readonly commands: ReadonlySet<string>;
  private readonly squiggles: Squiggles;
  private readonly newest: NewestRunsReader;
  private readonly notes: RunNotes;
  private readonly runSquiggles: RunSquiggles;
  private readonly memory: MemoryPage;
  private readonly lensesChanged = new vscode.EventEmitter<void>();
  private readonly hintsChanged = new vscode.EventEmitter<void>();
  private readonly listening: vscode.Disposable;
  readonly onDidChangeLenses = this.lensesChanged.event;
  readonly onDidChangeHints = this.hintsChanged.event;

  constructor(
    private readonly services: Services,
    openTail: OpenTail,
  ) {
    this.commands = commandsOf(services);
    this.inspections = new Inspections(services);
    this.squiggles = new Squiggles(this.inspections);
    const places = () => openExperiments().filter(isFile).map(placeOf);
    this.newest = new NewestRunsReader(services.store, places, openTail, () => {
      this.runsChanged();
    });
    const runsOf = (document: vscode.TextDocument) => this.newest.of(fileOf(document));
    this.notes = new RunNotes(runsOf, this.commands);
    this.runSquiggles = new RunSquiggles(runsOf, this.inspections);
    this.memory = new MemoryPage(this.inspections);
    this.listening = vscode.Disposable.from(
      this.inspections.onDidChange(() => {
        this.hintsChanged.fire();
        this.runSquiggles.show();
      }),
      vscode.workspace.onDidOpenTextDocument(() => {
        this.newest.look();
      }),
    );
  }

  lenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const last = lastRun(this.services.store.views, document);
    const context = {
      canTrain: isFile(document) && vscode.workspace.isTrusted,
      hasRuns: last !== undefined,
      commands: this.commands,
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
    const met = this.runSquiggles.fixes(document, range);
    return [...this.squiggles.fixes(document, range), ...met];
  }

  hover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    return this.notes.hover(document, position);
  }

  completions(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.CompletionItem[]> {
    return completionsIn(document, position, this.inspections);
  }

  /** The report's text; undefined if no experiment was chosen. */
  showMemory(given: unknown): Promise<string | undefined> {
    return this.memory.show(given);
  }

  dispose(): void {
    this.listening.dispose();
    this.squiggles.dispose();
    this.runSquiggles.dispose();
    this.notes.dispose();
    this.memory.dispose();
    this.newest.dispose();
    this.inspections.dispose();
    this.lensesChanged.dispose();
    this.hintsChanged.dispose();
  }

  private runsChanged(): void {
    this.lensesChanged.fire();
    this.notes.show();
    this.runSquiggles.show();
  }
}

function lastRun(views: readonly RunView[], document: vscode.TextDocument): RunView | undefined {
  if (!isFile(document)) return undefined;
  const { file, runsDirectory } = placeOf(document);
  return runsOf(views, file, runsDirectory)[0];
}

function isFile({ uri }: vscode.TextDocument): boolean {
  return uri.scheme === 'file';
}

function placeOf({ uri }: vscode.TextDocument): ExperimentPlace {
  return { file: uri.fsPath, runsDirectory: runsDirectoryOf(uri) };
}

/** Those that package.json names. */
function commandsOf({ context }: Services): ReadonlySet<string> {
  const { contributes } = context.extension.packageJSON as {
    contributes: { commands: { command: string }[] };
  };
  return new Set(contributes.commands.map(({ command }) => command));
}

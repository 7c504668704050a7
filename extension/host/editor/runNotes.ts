// The faint note about the newest runs beside the method of each visible experiment, and the hover over it.
import * as vscode from 'vscode';
import type { ThemeKind } from '../../shared/slopes/pictureColors';
import { isExperimentDocument } from './experimentDocuments';
import { noteHover, notePath, noteText, type ToldRun } from './notes';
import { nodeAt, outlineOf, spanOf } from './outline';
import { rangeOf } from './ranges';

const { l10n } = vscode;

/** "5 min ago" grows old. */
const refreshMs = 60_000;
/** Commands that a hover may run, in their order. */
const linkCommands = ['openRun', 'openSlopes'] as const;

export type RunsOfDocument = (document: vscode.TextDocument) => readonly ToldRun[];

export class RunNotes implements vscode.Disposable {
  private readonly decoration = vscode.window.createTextEditorDecorationType({
    after: {
      color: new vscode.ThemeColor('editorCodeLens.foreground'),
      fontStyle: 'italic',
      margin: '0 0 0 2em',
    },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
  });
  private readonly listening: vscode.Disposable;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly runsOf: RunsOfDocument,
    private readonly commands: ReadonlySet<string>,
  ) {
    this.listening = vscode.Disposable.from(
      vscode.window.onDidChangeVisibleTextEditors(() => {
        this.show();
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (isExperimentDocument(document)) this.show();
      }),
    );
    this.timer = setInterval(() => {
      this.show();
    }, refreshMs);
    this.timer.unref();
    this.show();
  }

  show(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      if (isExperimentDocument(editor.document)) this.showIn(editor);
    }
  }

  /** Over the method, or over the note at the end of its line. */
  hover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const runs = this.runsOf(document);
    const place = placeIn(document);
    if (runs.length === 0 || place?.line !== position.line) return undefined;
    const { range } = document.lineAt(place.line);
    const isNote = position.isEqual(range.end);
    if (!isNote && !place.range.contains(position)) return undefined;
    const links = linkCommands
      .filter((command) => this.commands.has(`adapterLab.${command}`))
      .map((command) => ({ command, title: linkTitle(command) }));
    const context = { now: new Date(), t: l10n.t, theme: themeKind(), links };
    const text = new vscode.MarkdownString(noteHover(runs, context));
    text.isTrusted = { enabledCommands: linkCommands.map((command) => `adapterLab.${command}`) };
    return new vscode.Hover(text, isNote ? new vscode.Range(range.end, range.end) : place.range);
  }

  dispose(): void {
    clearInterval(this.timer);
    this.listening.dispose();
    this.decoration.dispose();
  }

  private showIn(editor: vscode.TextEditor): void {
    const { document } = editor;
    const place = placeIn(document);
    const text = noteText(this.runsOf(document), { now: new Date(), t: l10n.t });
    if (place === undefined || text === '') {
      editor.setDecorations(this.decoration, []);
      return;
    }
    const { end } = document.lineAt(place.line).range;
    const renderOptions = { after: { contentText: text } };
    editor.setDecorations(this.decoration, [{ range: new vscode.Range(end, end), renderOptions }]);
  }
}

/** The method with its name, and the line it ends in. */
function placeIn(document: vscode.TextDocument): { range: vscode.Range; line: number } | undefined {
  const outline = outlineOf(document.getText());
  const path = notePath(outline);
  const node = path && nodeAt(outline, path);
  if (node === undefined) return undefined;
  const range = rangeOf(document, spanOf(node.parent ?? node));
  return { range, line: range.end.line };
}

function linkTitle(command: (typeof linkCommands)[number]): string {
  return command === 'openRun' ? l10n.t('Open run') : l10n.t('Open slopes');
}

function themeKind(): ThemeKind {
  switch (vscode.window.activeColorTheme.kind) {
    case vscode.ColorThemeKind.Light:
      return 'light';
    case vscode.ColorThemeKind.HighContrast:
      return 'highContrast';
    case vscode.ColorThemeKind.HighContrastLight:
      return 'highContrastLight';
    default:
      return 'dark';
  }
}

// Reports that are read beside a file: Markdown in virtual documents of a scheme, shown as a preview.
import * as vscode from 'vscode';

export class ReportDocuments implements vscode.Disposable {
  /** By path of their virtual documents. */
  private readonly reports = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly provider: vscode.Disposable;

  constructor(private readonly scheme: string) {
    this.provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: this.changed.event,
      provideTextDocumentContent: ({ path }) => this.reports.get(path) ?? '',
    });
  }

  async open(title: string, report: string): Promise<void> {
    const path = `/${title}.md`;
    const uri = vscode.Uri.from({ scheme: this.scheme, path });
    this.reports.set(path, report);
    this.changed.fire(uri);
    try {
      await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
    } catch {
      // VS Code's Markdown support is switched off: the text can be read as it is.
      await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Beside });
    }
  }

  dispose(): void {
    this.provider.dispose();
    this.changed.dispose();
  }
}

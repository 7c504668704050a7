// Documents of judged answers. What makes their text is loaded with the first one.
import * as vscode from 'vscode';
import { loadJudging } from './loadJudging';

export class JudgedDocuments implements vscode.Disposable, vscode.TextDocumentContentProvider {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registered = vscode.workspace.registerTextDocumentContentProvider(
    'adapter-lab-judged',
    this,
  );

  get onDidChange(): vscode.Event<vscode.Uri> {
    return this.changed.event;
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    return (await loadJudging()).judgedContent(uri);
  }

  /** Open ones show what the files hold now. */
  refresh(): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme === 'adapter-lab-judged') this.changed.fire(uri);
    }
  }

  dispose(): void {
    this.registered.dispose();
    this.changed.dispose();
  }
}

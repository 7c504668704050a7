// Slope diagnostics in the bottom panel, of what is selected in the sidebar.
import * as vscode from 'vscode';
import type { Services } from '../services';

export function registerSlopePanel(services: Services): vscode.Disposable {
  return vscode.window.registerWebviewViewProvider('adapterLab.slopePanel', {
    resolveWebviewView: async (view) => {
      const [{ WebviewPage }, { slopesPage }] = await Promise.all([
        import('../pages/webviewPage'),
        import('../pages/slopesPage'),
      ]);
      const setTitle = (title: string): void => {
        view.description = title;
      };
      const isVisible = (): boolean => view.visible;
      const holder = { webview: view.webview, isPanel: true, isVisible, setTitle };
      const page = new WebviewPage(slopesPage, { followsSelection: true }, holder, services);
      view.onDidChangeVisibility(() => {
        if (!view.visible) page.hide();
      });
      view.onDidDispose(() => {
        page.dispose();
      });
    },
  });
}

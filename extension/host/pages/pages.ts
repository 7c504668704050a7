// The pages in editor tabs: one for each subject, found again when it is asked for twice, and restored when the
// window is reloaded.
import * as vscode from 'vscode';
import type { CommonMethods, PageKind } from '../../shared/pages/common';
import { loadPlayground } from '../playground/loadPlayground';
import type { Services } from '../services';
import type { PageDefinition } from './page';
import type { WebviewPage } from './webviewPage';

/** Loaded with the first page of its kind: an activation has no use for it. */
const definitions: Record<PageKind, () => Promise<PageDefinition<never, never, never>>> = {
  run: async () => (await import('./runPage')).runPage as never,
  accuracy: async () => (await import('./accuracyPage')).accuracyPage as never,
  slopes: async () => (await import('./slopesPage')).slopesPage as never,
  compare: async () => (await import('./comparePage')).comparePage as never,
  figures: async () => (await import('./figuresPage')).figuresPage as never,
  playground: async () => (await loadPlayground()).playgroundPage as never,
};

type AnyPage = WebviewPage<unknown, CommonMethods, unknown>;

interface OpenPage {
  panel: vscode.WebviewPanel;
  page: AnyPage;
}

/** What a page's script keeps with `setState`: enough to make it again. */
interface Kept {
  given?: unknown;
}

export class Pages implements vscode.Disposable {
  private readonly open = new Map<string, OpenPage>();
  private readonly serializers: vscode.Disposable[];

  constructor(private readonly services: () => Services) {
    this.serializers = Object.keys(definitions).map((kind) =>
      vscode.window.registerWebviewPanelSerializer(viewType(kind as PageKind), {
        deserializeWebviewPanel: async (panel, kept: Kept | undefined) => {
          if (kept?.given === undefined) panel.dispose();
          else await this.attach(panel, kind as PageKind, kept.given);
        },
      }),
    );
  }

  /** `given` is JSON: the page's subject. `again`: a page that is open reads it anew. */
  async show(kind: PageKind, given: unknown, { again = false } = {}): Promise<void> {
    const known = this.open.get(keyOf(kind, given));
    if (known !== undefined) {
      known.panel.reveal();
      if (again) known.page.show(given);
      return;
    }
    const column = vscode.window.activeTextEditor?.viewColumn ?? vscode.ViewColumn.Active;
    const panel = vscode.window.createWebviewPanel(viewType(kind), '', column);
    await this.attach(panel, kind, given);
  }

  dispose(): void {
    for (const serializer of this.serializers) serializer.dispose();
    for (const { panel } of this.open.values()) panel.dispose();
  }

  private async attach(panel: vscode.WebviewPanel, kind: PageKind, given: unknown): Promise<void> {
    const [definition, { WebviewPage }] = await Promise.all([
      definitions[kind](),
      import('./webviewPage'),
    ]);
    const services = this.services();
    panel.title = definition.title;
    panel.iconPath = iconPath(services.context.extensionUri, definition.icon);
    const setTitle = (title: string): void => {
      panel.title = title;
    };
    const isVisible = (): boolean => panel.visible;
    const holder = { webview: panel.webview, isPanel: false, isVisible, setTitle };
    const page = new WebviewPage(
      definition,
      given as never,
      holder,
      services,
    ) as unknown as AnyPage;
    const key = keyOf(kind, given);
    this.open.set(key, { panel, page });
    panel.onDidChangeViewState(() => {
      if (!panel.visible) page.hide();
    });
    panel.onDidDispose(() => {
      page.dispose();
      this.open.delete(key);
    });
  }
}

function viewType(kind: PageKind): string {
  return `adapterLab.${kind}`;
}

function keyOf(kind: PageKind, given: unknown): string {
  return `${kind} ${JSON.stringify(given)}`;
}

function iconPath(extension: vscode.Uri, icon: string): { light: vscode.Uri; dark: vscode.Uri } {
  const file = (theme: string) =>
    vscode.Uri.joinPath(extension, 'media', 'icons', `${icon}-${theme}.svg`);
  return { light: file('light'), dark: file('dark') };
}

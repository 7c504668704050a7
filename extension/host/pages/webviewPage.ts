// One webview and the session behind it: loads the document, answers calls, and ends the session when the page
// is hidden or closed.
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { pageCommands, type CommonMethods } from '../../shared/pages/common';
import { answer, EventSender, type Call, type CallFailure, type Handlers } from '../../shared/rpc';
import type { Services } from '../services';
import type { PageDefinition, PageSession } from './page';
import { pageHtml } from './pageHtml';
import { saveExport } from './saveExport';

export interface PageHolder {
  webview: vscode.Webview;
  isPanel: boolean;
  isVisible(): boolean;
  setTitle(title: string): void;
}

export class WebviewPage<A, M extends CommonMethods, E> {
  private session: PageSession<M> | undefined;
  /** The session began before its document, which is being loaded: what calls is an earlier document. */
  private isAhead = false;
  private readonly listening: vscode.Disposable;

  constructor(
    private readonly definition: PageDefinition<A, M, E>,
    private given: A,
    private readonly holder: PageHolder,
    private readonly services: Services,
  ) {
    const { webview } = holder;
    this.listening = webview.onDidReceiveMessage((message: Call<M> | { kind: 'loaded' }) => {
      if (message.kind === 'loaded') this.loaded();
      else void this.reply(message);
    });
    webview.options = { enableScripts: true, localResourceRoots: [this.resource()] };
    this.load();
  }

  /** Another subject in the same place. */
  show(given: A): void {
    this.given = given;
    this.hide();
    this.load();
  }

  /** The page's content is gone, or nobody sees it. */
  hide(): void {
    this.session?.dispose();
    this.session = undefined;
    this.isAhead = false;
  }

  dispose(): void {
    this.hide();
    this.listening.dispose();
  }

  private loaded(): void {
    if (!this.isAhead) this.start();
    this.isAhead = false;
  }

  private start(): void {
    this.hide();
    const events = new EventSender<E>((message) => void this.holder.webview.postMessage(message));
    const setTitle = (title: string): void => {
      this.holder.setTitle(title);
    };
    this.session = this.definition.open(this.given, { events, setTitle }, this.services);
  }

  private async reply(call: Call<M>): Promise<void> {
    const { session } = this;
    if (session === undefined || this.isAhead) return;
    const handlers = { ...session.handlers, ...this.common() } as Handlers<M>;
    const reply = await answer(handlers as Handlers<never>, call as never, toFailure);
    if (this.session === session) await this.holder.webview.postMessage(reply);
  }

  private common(): Handlers<CommonMethods> {
    return {
      run: (command, ...folders) => {
        if (!pageCommands.includes(command)) throw new Error(`There is no command ${command}.`);
        // What goes wrong there is told there.
        void vscode.commands.executeCommand(`adapterLab.${command}`, ...folders);
      },
      save: saveExport,
      copy: async (text) => {
        await vscode.env.clipboard.writeText(text);
      },
    };
  }

  private load(): void {
    const { webview, isPanel } = this.holder;
    const { kind, title } = this.definition;
    const file = (name: string) => webview.asWebviewUri(this.resource(name)).toString();
    const sources = {
      cspSource: webview.cspSource,
      script: file(`${kind}.js`),
      style: file(`${kind}.css`),
      nonce: randomBytes(16).toString('base64url'),
      language: vscode.env.language,
      title,
    };
    webview.html = pageHtml(sources, { kind, given: this.given, isPanel, l10n: translations() });
    if (!this.holder.isVisible()) return;
    // VS Code takes a while to load a document: meanwhile the session reads what it will be asked for.
    this.start();
    this.isAhead = true;
  }

  private resource(...names: string[]): vscode.Uri {
    return vscode.Uri.joinPath(this.services.context.extensionUri, 'dist', 'webview', ...names);
  }
}

function translations(): Record<string, string> {
  return vscode.l10n.bundle ?? {};
}

function toFailure(error: unknown): CallFailure {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'internal';
  return { code, message };
}

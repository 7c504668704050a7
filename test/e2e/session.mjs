// A VS Code with Adapter Lab in it, a workspace, and a window that can be closed and opened again. Pictures go to
// ADAPTER_LAB_SCREENSHOTS, or build/screenshots.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../vscode/bundleSuite.mjs';
import { CodeServer } from '../vscode/codeServer.mjs';
import { vsixPath } from '../vscode/packageVsix.mjs';
import { themeNames, themeSettings, Workbench } from './workbench.mjs';

export const pictures = process.env.ADAPTER_LAB_SCREENSHOTS ?? join(root, 'build', 'screenshots');

export class Session {
  server = new CodeServer(process.env.VSCODE);
  workspace = this.server.folder('my-experiments');
  /** @type {Workbench} */
  window;
  #query = '';

  /** With the package installed, as a user has it. */
  async startInstalled() {
    if (!existsSync(vsixPath()))
      throw new Error('There is no package: run `npm run package` first.');
    this.server.install(vsixPath());
    await this.#start();
  }

  /** With the extension as it was last built: nothing is packed. */
  async startDevelopment(settings = {}, options = {}) {
    await this.#start(settings, options);
    const extension = ['extensionDevelopmentPath', `vscode-remote://${this.server.origin}${root}`];
    this.#query = `&payload=${encodeURIComponent(JSON.stringify([extension]))}`;
  }

  async #start(settings = {}, options = {}) {
    mkdirSync(pictures, { recursive: true });
    await this.server.start({ ...themeSettings, ...settings }, options);
  }

  async open() {
    this.window = await this.openWindow();
    await this.window.setTheme('dark');
  }

  /** Another window on the same workspace. */
  openWindow() {
    return Workbench.open(this.server, this.workspace, this.#query);
  }

  /** One picture a theme; the dark one last, in which the walk goes on. A hover outlives no change of theme. */
  shoot = async (name, themes = [...themeNames].reverse()) => {
    for (const theme of themes) {
      await this.window.setTheme(theme);
      await this.window.page.screenshot({ path: join(pictures, `${name}-${theme}.png`) });
    }
  };

  async close() {
    await this.server.close();
  }
}

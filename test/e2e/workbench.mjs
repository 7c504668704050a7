// A window of VS Code as a user handles it: by keyboard, by what is written on the screen, and by the roles
// and names that a screen reader gets.
import { mkdirSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** VS Code's own name of each theme, and the class that it gives its window then. */
const themes = {
  dark: { setting: 'Default Dark Modern', name: 'vs-dark' },
  light: { setting: 'Default Light Modern', name: 'vs' },
  'high-contrast': { setting: 'Default High Contrast', name: 'hc-black' },
  'high-contrast-light': { setting: 'Default High Contrast Light', name: 'hc-light' },
};
export const themeNames = Object.keys(themes);
/** A headless browser reports no system theme worth following. */
export const themeSettings = { 'window.autoDetectHighContrast': false };

export class Workbench {
  #theme;

  constructor(page) {
    this.page = page;
  }

  static async open(server, folder, query = '') {
    const { page, load } = await server.open(folder, query);
    await load();
    await page.locator('.monaco-workbench .activitybar').waitFor({ timeout: 60_000 });
    return new Workbench(page);
  }

  close() {
    return this.page.context().close();
  }

  async reload() {
    await this.page.reload();
    await this.page.locator('.monaco-workbench .activitybar').waitFor({ timeout: 60_000 });
  }

  async showSidebar() {
    if (await this.pane().isVisible()) return;
    await this.page
      .locator('.activitybar')
      .getByRole('tab', { name: /^Adapter Lab/ })
      .click();
    await this.pane().waitFor();
  }

  async closeSidebar() {
    await this.command('View: Toggle Primary Side Bar Visibility');
    await this.pane().waitFor({ state: 'hidden' });
  }

  /** Drags the border between sidebar and editor. */
  async widenSidebar(pixels) {
    const { x, y, width } = await this.pane().boundingBox();
    await this.page.mouse.move(x + width, y + 300);
    await this.page.mouse.down();
    await this.page.mouse.move(x + width + pixels, y + 300, { steps: 5 });
    await this.page.mouse.up();
  }

  pane() {
    return this.page.locator('[id="workbench.view.extension.adapterLab"]');
  }

  run(name) {
    return this.pane().getByRole('treeitem', { name });
  }

  /** One run, or several as with the Control key. */
  async select(first, ...others) {
    await this.run(first).first().click();
    for (const name of others) {
      await this.run(name)
        .first()
        .click({ modifiers: ['Control'] });
    }
  }

  async expand(name) {
    const run = this.run(name).first();
    if ((await run.getAttribute('aria-expanded')) === 'true') return;
    await run.click();
    await this.page.keyboard.press('ArrowRight');
  }

  async waitForRuns(count, text, timeoutMs) {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const found = await this.pane().getByRole('treeitem', { name: text }).count();
      if (found >= count) return;
      if (Date.now() > deadline) {
        throw new Error(`Only ${found} of ${count} runs read ${String(text)}.`);
      }
      await this.page.waitForTimeout(500);
    }
  }

  async command(title) {
    await this.#ask('F1', `>${title}`, { name: title }, (option) =>
      option.click({ timeout: 5000 }),
    );
  }

  /** One of what a command offers. */
  async choose(name) {
    await this.page.locator('.quick-input-list').getByRole('option', { name }).first().click();
  }

  /** One of several that a command offers ticked. */
  async untick(name) {
    await this.page.locator('.quick-input-list').getByRole('checkbox', { name }).first().click();
  }

  /** Answers the dialog that asks where to save, once it is the one about this kind of file. */
  async saveAs(file) {
    const input = this.page.locator('.quick-input-widget input').first();
    await expectValue(input, extname(file));
    await this.answer(file);
  }

  /** Types into the box that is open. */
  async answer(text) {
    const input = this.page.locator('.quick-input-widget input').first();
    await input.waitFor();
    await input.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Waits for something that no element shows. */
  async until(otherwise, isSo, timeoutMs = 60_000) {
    const deadline = Date.now() + timeoutMs;
    while (!isSo()) {
      if (Date.now() > deadline) throw new Error(`Waited in vain: ${otherwise}.`);
      await this.page.waitForTimeout(200);
    }
  }

  /**
   * Types into the box that `key` opens, and waits for an answer. A window that gains focus meanwhile closes the
   * box, and a file that was just written is found a moment later: then it asks again.
   */
  async #ask(key, text, answer = {}, take = () => undefined) {
    const input = this.page.locator('.quick-input-widget input').first();
    const option = this.page.locator('.quick-input-list').getByRole('option', answer).first();
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.page.keyboard.press(key);
        await input.fill(text, { timeout: 5000 });
        await option.waitFor({ timeout: 5000 });
        await take(option);
        return;
      } catch (error) {
        if (attempt === 8) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  async openFile(name) {
    await this.#ask('Control+P', name, { name });
    await this.page.keyboard.press('Enter');
    await this.tab(name).waitFor();
    await this.page.locator('.editor-instance .view-lines').first().click();
  }

  /** The title of a view in the sidebar. */
  section(title) {
    return this.pane().locator('.pane-header').getByText(title, { exact: true });
  }

  async clipboard() {
    await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** Editors and the bottom panel. */
  async closeAll() {
    await this.command('View: Close All Editors');
    const panel = this.page.locator('.part.panel');
    if (await panel.isVisible()) {
      await this.command('View: Toggle Panel Visibility');
      await panel.waitFor({ state: 'hidden' });
    }
  }

  tab(name) {
    return this.page.locator('.tabs-container').getByRole('tab', { name });
  }

  notification(text) {
    return this.page.locator('.notifications-toasts').getByText(text).first();
  }

  async clearNotifications() {
    await this.command('Notifications: Clear All Notifications');
  }

  /** What stands in the notifications that are shown now. */
  notifications() {
    return this.page.locator('.notifications-toasts .notification-list-item').allInnerTexts();
  }

  button(name) {
    return this.page.locator('.notifications-toasts').getByRole('button', { name }).first();
  }

  statusItem(text) {
    return this.page.locator('.statusbar').getByText(text).first();
  }

  /** Rests the mouse on a word of the editor until it is explained: the language server may still be starting. */
  explain(word, explanation) {
    const place = this.page.locator('.view-line').getByText(word, { exact: true }).first();
    return this.restOn(place, explanation);
  }

  /** Rests the mouse on a run until its tooltip says this. */
  restOnRun(name, explanation) {
    return this.restOn(this.run(name).first().locator('.label-name').first(), explanation);
  }

  /** A hover that the mouse just left, or a row that was drawn anew, makes it come at another try. */
  async restOn(place, explanation) {
    const hover = this.page.locator('.monaco-hover').getByText(explanation).first();
    for (let attempt = 0; attempt < 15 && !(await hover.isVisible()); attempt += 1) {
      await this.page.mouse.move(900, 700);
      await this.page.waitForTimeout(500);
      await place.hover();
      await this.page.waitForTimeout(1500);
    }
    await hover.waitFor({ timeout: 1000 });
  }

  /** Over the workspace's settings: focus, hovers and menus stay as they are. */
  async setTheme(theme) {
    if (this.#theme === theme) return;
    this.#theme = theme;
    const { setting, name } = themes[theme];
    const folder = join(new URL(this.page.url()).searchParams.get('folder'), '.vscode');
    mkdirSync(folder, { recursive: true });
    const settings = JSON.stringify({ 'workbench.colorTheme': setting });
    writeFileSync(join(folder, 'settings.json'), settings);
    await this.page.locator(`.monaco-workbench.${name}`).waitFor();
    // Colours of icons, editors and pages follow a moment later.
    await this.page.waitForTimeout(700);
  }
}

async function expectValue(input, ending, timeoutMs = 30_000) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = (await input.isVisible()) ? await input.inputValue() : '';
    if (value.endsWith(ending)) return;
    if (Date.now() > deadline) throw new Error(`The box holds "${value}", not ${ending}.`);
    await input.page().waitForTimeout(100);
  }
}

// Starts code-server on a free port with folders of its own, installs packages into it and opens its
// workbench in Chromium. Whoever starts one closes it.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { installChromium, installCodeServer } from './installCodeServer.mjs';
import { descendants } from './processes.mjs';

const quietSettings = {
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'git.enabled': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'chat.commandCenter.enabled': false,
  'window.commandCenter': true,
};

export class CodeServer {
  /** Windows draw no motion; a bench measures them as a user has them. */
  isStill = true;
  #program;
  #chromium = installChromium();
  #home = mkdtempSync(join(tmpdir(), 'adapter-lab-vscode-'));
  #port = 0;
  #server;
  #browser;

  /** `version`: of VS Code, as installCodeServer knows it; the oldest unless told. */
  constructor(version) {
    this.#program = installCodeServer(version);
  }

  /** A folder that is removed with the server. */
  folder(name) {
    const folder = join(this.#home, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  get origin() {
    return `127.0.0.1:${this.#port}`;
  }

  install(vsix) {
    const { node, entry } = this.#program;
    const parameters = [entry, ...this.#folders(), '--install-extension', vsix];
    execFileSync(node, parameters, { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  /** `asksForTrust`: workspaces open untrusted, as VS Code has it. */
  async start(settings = {}, { asksForTrust = false } = {}) {
    const user = join(this.folder('data'), 'User');
    mkdirSync(user, { recursive: true });
    const all = { ...quietSettings, ...settings };
    writeFileSync(join(user, 'settings.json'), JSON.stringify(all));
    this.#port = await freePort();
    const { node, entry, flags } = this.#program;
    const trusting = asksForTrust ? [] : ['--disable-workspace-trust'];
    const quiet = ['--disable-telemetry', '--disable-update-check', ...trusting];
    const address = ['--auth', 'none', '--bind-addr', this.origin];
    const parameters = [entry, ...address, ...quiet, ...flags, ...this.#folders()];
    // What suites and sockets leave there goes with the server.
    const env = { ...process.env, TMPDIR: this.folder('tmp') };
    this.#server = spawn(node, parameters, { env, stdio: 'ignore', detached: true });
    await this.#answering();
  }

  /** A new window on a folder; `query` is added to its address. */
  async open(folder, query = '', context = {}) {
    this.#browser ??= await chromium.launch({
      executablePath: this.#chromium,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    const options = { viewport: { width: 1280, height: 800 }, ...context };
    const page = await (await this.#browser.newContext(options)).newPage();
    if (this.isStill) await page.addInitScript(stopMotion);
    const load = () =>
      page.goto(`http://${this.origin}/?folder=${encodeURIComponent(folder)}${query}`);
    return { page, load };
  }

  /** The processes that extensions run in, one a window. */
  extensionHosts() {
    return descendants(this.#server.pid).filter(({ command }) =>
      command.includes('--type=extensionHost'),
    );
  }

  async close() {
    await this.#browser?.close();
    const server = this.#server;
    if (server !== undefined && server.exitCode === null) {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      // Its own group: the extension hosts go with it.
      process.kill(-server.pid, 'SIGTERM');
      await ended;
    }
    // A trainer that goes on may still write into it.
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  }

  #folders() {
    return ['--user-data-dir', this.folder('data'), '--extensions-dir', this.folder('extensions')];
  }

  async #answering() {
    const deadline = Date.now() + 60_000;
    for (;;) {
      try {
        const reply = await fetch(`http://${this.origin}/healthz`);
        if (reply.ok) return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** In the window: the processor would draw sixty times a second what turns and fades for nobody. */
function stopMotion() {
  if (globalThis.top !== globalThis.self) return;
  document.addEventListener('DOMContentLoaded', () => {
    const style = document.createElement('style');
    const still = 'animation: none !important; transition: none !important;';
    style.textContent = `*, *::before, *::after { ${still} }`;
    document.head.append(style);
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

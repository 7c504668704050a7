// Opens windows whose extension host runs inHost.ts, and collects what it measured.
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../../vscode/bundleSuite.mjs';
import { CodeServer } from '../../vscode/codeServer.mjs';

const limitMs = 120_000;

/** One result a window; `fill` puts into each window's folder what it should find. */
export async function measureWindows(count, fill) {
  const entry = await bundle();
  const server = new CodeServer();
  server.isStill = false;
  try {
    await server.start();
    const results = [];
    for (let index = 0; index < count; index += 1) {
      const folder = server.folder(`workspace-${index}`);
      fill(folder);
      results.push(await measureWindow(server, folder, entry));
    }
    return results;
  } finally {
    await server.close();
  }
}

async function bundle() {
  const outfile = join(root, 'dist', 'bench', 'inHost.js');
  await build({
    entryPoints: [join(root, 'test', 'bench', 'extension', 'inHost.ts')],
    ...{ outfile, bundle: true, platform: 'node', format: 'cjs', external: ['vscode'] },
  });
  return outfile;
}

async function measureWindow(server, folder, entry) {
  const remote = (path) => `vscode-remote://${server.origin}${path}`;
  const payload = [
    ['extensionDevelopmentPath', remote(root)],
    ['extensionTestsPath', remote(entry)],
  ];
  const query = `&payload=${encodeURIComponent(JSON.stringify(payload))}`;
  const { page, load } = await server.open(folder, query);
  let found;
  await page.exposeFunction('codeAutomationLog', (_, messages) => {
    const told = /BENCH (\{.*\})/.exec(messages.map(String).join(' '));
    if (told !== null) found = JSON.parse(told[1]);
  });
  const ended = new Promise((resolve) => {
    void page.exposeFunction('codeAutomationExit', resolve).then(load);
    setTimeout(resolve, limitMs).unref();
  });
  await ended;
  await page.context().close();
  if (found === undefined) throw new Error('A window measured nothing.');
  return found;
}

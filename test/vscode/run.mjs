// Runs the Mocha suite inside the extension host of real VS Codes (code-server), without a display: in each a first
// window with dist/test/index.js, then, the first one closed, a second one with dist/test/reopened.js.
// `VSCODE=1.139` chooses one version.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bundleSuite, root } from './bundleSuite.mjs';
import { CodeServer } from './codeServer.mjs';
import { editorVersions } from './installCodeServer.mjs';

const limitMs = 300_000;
/** Of `runMocha`. */
const firstLine = 'Adapter Lab suite';
const countPattern = /^(\d+) passed, (\d+) failed$/m;

if (!existsSync(join(root, 'dist', 'extension.js'))) {
  throw new Error('dist/extension.js is missing: run `npm run build` first.');
}
const tests = await bundleSuite();
const total = { passed: 0, failed: 0 };
for (const version of chosenVersions()) {
  console.log(`\nVS Code ${version}`);
  await runVersion(version);
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

function chosenVersions() {
  const chosen = process.env.VSCODE ?? '';
  return chosen === '' ? editorVersions : chosen.split(',');
}

async function runVersion(version) {
  const server = new CodeServer(version);
  try {
    await server.start();
    const workspace = server.folder('workspace');
    for (const entry of ['index.js', 'reopened.js']) {
      const { passed, failed } = await runWindow(server, workspace, join(tests, entry));
      total.passed += passed;
      total.failed += failed;
    }
  } finally {
    await server.close();
  }
}

/** One window: its counts as its own last line tells them; without that line it has failed. */
async function runWindow(server, workspace, entry) {
  const remote = (path) => `vscode-remote://${server.origin}${path}`;
  const payload = [
    ['extensionDevelopmentPath', remote(root)],
    ['extensionTestsPath', remote(entry)],
  ];
  const { page, load } = await server.open(
    workspace,
    `&payload=${encodeURIComponent(JSON.stringify(payload))}`,
  );
  let output = '';
  let isSuite = false;
  await page.exposeFunction('codeAutomationLog', (type, messages) => {
    const text = messages.map(String).join(' ');
    output += `${text}\n`;
    // Before it, and in lines such as "[lifecycle] ...", the workbench tells of itself.
    isSuite ||= text.includes(firstLine);
    if (isSuite && !/^\[\w+\] /.test(text)) console[type === 'error' ? 'error' : 'log'](text);
  });
  const ended = new Promise((resolve) => {
    void page.exposeFunction('codeAutomationExit', resolve).then(load);
    setTimeout(resolve, limitMs, 'timeout').unref();
  });
  const code = await ended;
  await page.context().close();
  const [, passed, failed] = countPattern.exec(output) ?? [];
  if (passed === undefined) {
    console.error(`${output}\nThe suite ${entry} did not run to its end: ${String(code)}.`);
    return { passed: 0, failed: 1 };
  }
  return { passed: Number(passed), failed: Math.max(Number(failed), code === 0 ? 0 : 1) };
}

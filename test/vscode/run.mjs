// Runs the Mocha suite inside the extension host of a real VS Code (code-server), without a display: a first
// window with dist/test/index.js, then, the first one closed, a second one with dist/test/reopened.js.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bundleSuite, root } from './bundleSuite.mjs';
import { CodeServer } from './codeServer.mjs';

const limitMs = 300_000;
/** Of `runMocha`. */
const firstLine = 'Adapter Lab suite';
const countPattern = /^(\d+) passed, (\d+) failed$/m;

if (!existsSync(join(root, 'dist', 'extension.js'))) {
  throw new Error('dist/extension.js is missing: run `npm run build` first.');
}
const tests = await bundleSuite();
const server = new CodeServer();
const total = { passed: 0, failed: 0 };
try {
  await server.start();
  const workspace = server.folder('workspace');
  for (const entry of ['index.js', 'reopened.js']) {
    const { passed, failed } = await runWindow(workspace, join(tests, entry));
    total.passed += passed;
    total.failed += failed;
  }
} finally {
  await server.close();
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

/** One window: its counts as its own last line tells them; without that line it has failed. */
async function runWindow(workspace, entry) {
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
    // Before it the workbench tells of itself.
    isSuite ||= text.includes(firstLine);
    if (isSuite) console[type === 'error' ? 'error' : 'log'](text);
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

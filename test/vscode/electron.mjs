// The same suite in a VS Code that is downloaded: for machines that can.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { bundleSuite, root } from './bundleSuite.mjs';

const tests = await bundleSuite();
const workspace = mkdtempSync(join(tmpdir(), 'adapter-lab-workspace-'));
try {
  for (const entry of ['index.js', 'reopened.js']) {
    await runTests({
      version: process.env.VSCODE_VERSION ?? 'stable',
      extensionDevelopmentPath: root,
      extensionTestsPath: join(tests, entry),
      launchArgs: [workspace, '--disable-workspace-trust', '--disable-extensions'],
    });
  }
} finally {
  rmSync(workspace, { recursive: true, force: true });
}

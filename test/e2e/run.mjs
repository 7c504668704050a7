// The journey of a new user through the installed package, in a browser. Screenshots in light, dark and high
// contrast go to ADAPTER_LAB_SCREENSHOTS, or build/screenshots.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../vscode/bundleSuite.mjs';
import { CodeServer } from '../vscode/codeServer.mjs';
import { vsixPath } from '../vscode/packageVsix.mjs';
import { journey } from './journey.mjs';
import { themeNames, themeSettings, Workbench } from './workbench.mjs';

const pictures = process.env.ADAPTER_LAB_SCREENSHOTS ?? join(root, 'build', 'screenshots');

if (!existsSync(vsixPath())) throw new Error('There is no package: run `npm run package` first.');
rmSync(pictures, { recursive: true, force: true });
mkdirSync(pictures, { recursive: true });
const server = new CodeServer();
const workspace = server.folder('my-experiments');
const session = {
  workspace,
  /** @type {Workbench} */
  window: undefined,
  open: async () => {
    session.window = await Workbench.open(server, workspace);
    await session.window.setTheme('dark');
  },
  /** One picture a theme; the dark one last, in which the journey goes on. A hover outlives no change of theme. */
  shoot: async (name, themes = [...themeNames].reverse()) => {
    for (const theme of themes) {
      await session.window.setTheme(theme);
      await session.window.page.screenshot({ path: join(pictures, `${name}-${theme}.png`) });
    }
  },
};

let passed = 0;
let failed = 0;
try {
  server.install(vsixPath());
  await server.start(themeSettings);
  for (const [name, walk] of Object.entries(journey)) {
    try {
      await walk(session);
      passed += 1;
      console.log(`    ✓ ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`    ✗ ${name}\n${error.stack}`);
      await session.window?.page.screenshot({ path: join(pictures, 'failure.png') });
      // What comes after stands on this step.
      break;
    }
  }
} finally {
  await server.close();
}
console.log(`\nScreenshots: ${pictures}\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

// Makes the pictures of the walkthrough (media/walkthrough, one for each theme) and of the README
// (media/screenshot-*.png) from the product itself: creates the starter, trains it and looks at what it shows.
// `npm run pictures [NAME...]` after `npm run build`; with names only those are written.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../vscode/bundleSuite.mjs';
import { CodeServer } from '../vscode/codeServer.mjs';
import { compactPng } from './compactPng.mjs';
import { scenes } from './pictureScenes.mjs';
import { themeNames, themeSettings, Workbench } from './workbench.mjs';

const largestBytes = 120_000;
const media = join(root, 'media');
const wanted = process.argv.slice(2);
/** Of `media.image` in package.json. */
const imageNames = { 'high-contrast': 'hc', 'high-contrast-light': 'hcLight' };
const looks = {
  'editor.minimap.enabled': false,
  'editor.fontSize': 13,
  'workbench.layoutControl.enabled': false,
  'workbench.editor.empty.hint': 'hidden',
};

mkdirSync(join(media, 'walkthrough'), { recursive: true });
const server = new CodeServer();
try {
  await server.start({ ...themeSettings, ...looks });
  const workspace = server.folder('my-experiments');
  const window = await openWindow(workspace);
  await window.setTheme('dark');
  for (const [name, scene] of Object.entries(scenes)) {
    await scene({ window, page: window.page, workspace, ...pictures(window) });
    console.log(`    ✓ ${name}`);
  }
} finally {
  await server.close();
}

/** The extension as it is built here, in a window that is sharp in print. */
async function openWindow(workspace) {
  const remote = `vscode-remote://${server.origin}${root}`;
  const payload = encodeURIComponent(JSON.stringify([['extensionDevelopmentPath', remote]]));
  const look = { viewport: { width: 1120, height: 700 }, deviceScaleFactor: 1.5 };
  const { page, load } = await server.open(workspace, `&payload=${payload}`, look);
  await load();
  await page.locator('.monaco-workbench .activitybar').waitFor({ timeout: 60_000 });
  return new Workbench(page);
}

function pictures(window) {
  return {
    /** A step of the walkthrough in all themes; `clip` in CSS pixels of the window. */
    step: async (name, clip) => {
      for (const theme of [...themeNames].reverse()) {
        const image = imageNames[theme] ?? theme;
        await shoot(window, { theme, clip, file: join('walkthrough', `${name}-${image}.png`) });
      }
    },
    /** The window for the README. */
    screenshot: async (name, { theme = 'dark', clip } = {}) => {
      await shoot(window, { theme, clip, file: `screenshot-${name}.png` });
    },
  };
}

async function shoot(window, { theme, clip, file }) {
  if (wanted.length > 0 && !wanted.some((name) => file.includes(name))) return;
  await window.setTheme(theme);
  const picture = compactPng(
    await window.page.screenshot({ ...(clip && { clip }), caret: 'hide' }),
  );
  if (picture.length > largestBytes) {
    throw new Error(`${file} has ${picture.length} bytes, more than ${largestBytes}: crop it.`);
  }
  writeFileSync(join(media, file), picture);
  console.log(`      ${file}: ${(picture.length / 1000).toFixed(0)} kB`);
}

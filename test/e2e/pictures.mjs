// Makes the pictures of the walkthrough (media/walkthrough, one for each theme) and of the README
// (media/screenshot-*.png) from the product itself: creates the starter, trains it and looks at what it shows.
// `npm run pictures [-- NAME...]`; with names only those are written, and runs that were trained before are shown
// unless a name is of the first two steps.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../vscode/bundleSuite.mjs';
import { CodeServer } from '../vscode/codeServer.mjs';
import { compactPng } from './compactPng.mjs';
import { first, later } from './pictureScenes.mjs';
import { placeTrainedStarter } from './trainedStarter.mjs';
import { themeNames, themeSettings, Workbench } from './workbench.mjs';

const largestBytes = 120_000;
/** Fewer where the picture would be too large. */
const colours = [256, 128, 64];
const media = join(root, 'media');
const wanted = process.argv.slice(2);
const isFromNothing = wanted.length === 0 || wanted.some((name) => /create|train/.test(name));
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
  if (!isFromNothing) placeTrainedStarter(workspace);
  const window = await openWindow(workspace);
  await window.setTheme('dark');
  for (const [name, scene] of Object.entries(isFromNothing ? { ...first, ...later } : later)) {
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
  const look = { viewport: { width: 1280, height: 780 }, deviceScaleFactor: 1.5 };
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
    /** The window for the README, without its title bar, which tells how it was started. */
    screenshot: async (name, { theme = 'dark' } = {}) => {
      const { y } = await window.page.locator('.part.editor').boundingBox();
      const { width, height } = window.page.viewportSize();
      const clip = { x: 0, y, width, height: height - y };
      await shoot(window, { theme, clip, file: `screenshot-${name}.png` });
    },
  };
}

async function shoot(window, { theme, clip, file }) {
  if (wanted.length > 0 && !wanted.some((name) => file.includes(name))) return;
  await window.setTheme(theme);
  const options = { ...(clip && { clip }), caret: 'hide' };
  const png = await window.page.screenshot(options);
  const pictures = colours.map((count) => compactPng(png, count));
  const picture = pictures.find(({ length }) => length <= largestBytes) ?? pictures.at(-1);
  if (picture.length > largestBytes) {
    throw new Error(`${file} has ${picture.length} bytes, more than ${largestBytes}: crop it.`);
  }
  writeFileSync(join(media, file), picture);
  console.log(`      ${file}: ${(picture.length / 1000).toFixed(0)} kB`);
}

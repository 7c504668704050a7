// Renders media/icon.svg to the 128-pixel PNG that the marketplace wants.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { root } from './bundleSuite.mjs';
import { installChromium } from './installCodeServer.mjs';

const svg = readFileSync(join(root, 'media', 'icon.svg'), 'utf8');
const browser = await chromium.launch({
  executablePath: installChromium(),
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const page = await browser.newPage({ viewport: { width: 128, height: 128 } });
  await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`);
  const path = join(root, 'media', 'icon.png');
  await page.screenshot({ path, omitBackground: true });
  console.log(path);
} finally {
  await browser.close();
}

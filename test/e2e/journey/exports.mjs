// What pages give away: the slopes as pictures and figures, the table as text to paste.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pageFrame } from '../webview.mjs';

/** What each kind of file must begin with. */
const begins = {
  png: (bytes) => bytes.subarray(1, 4).toString('latin1') === 'PNG' && bytes.length > 20_000,
  svg: (bytes) => /^<svg[^>]*>/.test(bytes) && /q_proj/.test(bytes) && /LoRA r/.test(bytes),
  csv: (bytes) => /^experiment,run,folder,step,module,type,layer,deltaD,deltaM\r?\n/.test(bytes),
};

export const exports = {
  'slopes are saved as PNG, SVG and CSV': async ({ window, workspace }) => {
    await window.select(/^FT/, /^LoRA r/, /^DoRA r/);
    await window.command('Adapter Lab: Open Slope Diagnostics');
    const frame = await pageFrame(window, 'slopes');
    for (const [kind, isRight] of Object.entries(begins)) {
      await frame.getByRole('button', { name: `Export as ${kind.toUpperCase()}` }).click();
      const file = join(workspace, `picture.${kind}`);
      await window.saveAs(file);
      await window.until(`no ${kind}`, () => existsSync(file) && readFileSync(file).length > 0);
      if (!isRight(readFileSync(file))) throw new Error(`${file} is not what it should be.`);
    }
    await window.closeAll();
  },

  'the table is copied as Markdown': async ({ window, shoot }) => {
    await window.command('Adapter Lab: Open Accuracy Tables');
    const frame = await pageFrame(window, 'accuracy');
    await frame.getByRole('button', { name: 'Export' }).click();
    await frame.getByRole('button', { name: 'Copy as Markdown' }).click();
    await frame.getByText('Copied as Markdown').waitFor();
    await shoot('exported');
    const text = await window.clipboard();
    for (const part of [
      /^\| Method +\|.*facts.*blanks.*quiz/m,
      /^\| LoRA r\d+/m,
      /\*\*100\.0\*\*/,
    ]) {
      if (!part.test(text)) throw new Error(`The table lacks ${String(part)}:\n${text}`);
    }
    await window.closeAll();
  },
};

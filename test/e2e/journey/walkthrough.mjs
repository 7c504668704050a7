// The walkthrough, of one who has done all it is about: every picture is there, every button does what it says, and
// every step is ticked.
import { pageFrame } from '../webview.mjs';
import { starterFile } from './variants.mjs';

/** The page takes the focus when its steps have slid open, which closes a list that is there by then. */
const slidMs = 600;

/** Of each step: its buttons, and how one sees that it did something. */
const buttons = {
  create: {
    'Create Starter Experiment': (window) => window.tab(starterFile).waitFor(),
  },
  train: {
    Train: async (window) => {
      await window.page.locator('.quick-input-list').getByText(starterFile).first().waitFor();
      await window.page.keyboard.press('Escape');
      await window.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    },
  },
  watch: {
    'Show Runs': (window) =>
      window
        .run(/^DoRA r/)
        .first()
        .waitFor(),
    'Open Run': (window) => pageFrame(window, 'run'),
  },
  slopes: { 'Open Slope Diagnostics': (window) => pageFrame(window, 'slopes') },
  accuracy: { 'Open Accuracy Tables': (window) => pageFrame(window, 'accuracy') },
};

export const walkthrough = {
  'the walkthrough has its pictures, and its buttons do what they say': async (session) => {
    const { window, shoot } = session;
    const { page } = window;
    await window.select(/^DoRA r/);
    for (const [id, ways] of Object.entries(buttons)) {
      for (const [title, isDone] of Object.entries(ways)) {
        await openStep(window, id);
        await page.locator('.getting-started-media img').first().waitFor();
        const widths = await page
          .locator('.getting-started-media img')
          .evaluateAll((images) => images.map(({ naturalWidth }) => naturalWidth));
        if (widths.some((width) => width < 400)) throw new Error(`${id} has no picture: ${widths}`);
        if (id === 'watch') await shoot('walkthrough');
        await step(window, id).getByRole('button', { name: title }).click();
        await isDone(window);
        await window.closeAll();
      }
    }
    await openStep(window, 'create');
    await page.locator('.getting-started-step .codicon.complete').nth(4).waitFor();
    await shoot('walkthrough-done');
    await window.closeAll();
  },
};

function step({ page }, id) {
  return page.locator(`.getting-started-step[data-step-id$="#${id}"]`);
}

async function openStep(window, id) {
  const { page } = window;
  await window.command('Adapter Lab: Open Walkthrough');
  const place = step(window, id);
  await place.waitFor();
  if (!(await place.getAttribute('class')).includes('expanded')) await place.click();
  await page.waitForTimeout(slidMs);
}

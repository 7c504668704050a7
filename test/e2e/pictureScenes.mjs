// What the pictures show, in the order in which a new user meets it; each scene goes on from the one before.

const trainedMs = 480_000;
const startedMs = 120_000;
const methods = [/^FT/, /^LoRA r/, /^DoRA r/];
/** The window is 1120 by 700 pixels. */
const wholeWindow = { x: 0, y: 0, width: 1120, height: 700 };
const upperEditor = { x: 0, y: 28, width: 900, height: 540 };

export const scenes = {
  'the starter experiment in the editor': async ({ window, step }) => {
    await window.showSidebar();
    await window.widenSidebar(40);
    await window.command('Adapter Lab: Create Starter Experiment');
    await window.tab('starter.experiment.json').waitFor();
    await window.page.waitForTimeout(3000);
    await step('create', upperEditor);
  },

  'three runs training': async ({ window, step }) => {
    await window.command('Adapter Lab: Train');
    for (const method of methods) {
      await window.run(method).first().waitFor({ timeout: startedMs });
    }
    await window.waitForRuns(1, /loss \d.* left/, startedMs);
    await step('train', upperEditor);
  },

  'the sidebar when they are done': async ({ window, screenshot }) => {
    await window.waitForRuns(3, /loss [\d.]+ · (just now|.* ago)/, trainedMs);
    await window.clearNotifications();
    await window.expand(/^DoRA r/);
    await window
      .run(/Step \d+/)
      .getByText(/slope [+−]\d/)
      .first()
      .waitFor();
    await screenshot('runs', { clip: wholeWindow });
  },

  'the page of a run': async ({ window, page, step, screenshot }) => {
    await window
      .run(/^DoRA r/)
      .first()
      .click();
    await window.command('Adapter Lab: Open Run');
    await drawn(page, 'canvas');
    await step('watch', upperEditor);
    await screenshot('run', { clip: wholeWindow });
  },
};

/** Waits until a page has drawn such an element, and its animation is over. */
async function drawn(page, selector) {
  const frame = page.frameLocator('iframe.webview.ready').last().frameLocator('iframe');
  await frame.locator(selector).first().waitFor({ timeout: 30_000 });
  await page.waitForTimeout(1500);
}

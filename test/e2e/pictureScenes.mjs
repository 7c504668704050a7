// What the pictures show, in the order in which a new user meets it; each scene goes on from the one before.
import { converse, tryRuns } from './pageScenes.mjs';
import { starterFolder, teachToChat, trainSweep } from './trainedStarter.mjs';
import { pageFrame } from './webview.mjs';

const trainedMs = 480_000;
const startedMs = 120_000;
const methods = [/^FT/, /^LoRA r/, /^DoRA r/];
/** Of a step's picture, in CSS pixels. */
const stepHeight = 560;
const drawnMs = 1500;

/** Of one who begins with an empty folder. */
export const first = {
  'the starter experiment in the editor': async ({ window, step }) => {
    await window.showSidebar();
    await window.widenSidebar(40);
    await window.command('Adapter Lab: Create Starter Experiment');
    await window.tab('starter.experiment.json').waitFor();
    // What stands between the lines comes a moment later.
    await settle(window, 6000);
    await step('create', await editorClip(window));
  },

  'three runs training': async ({ window, step }) => {
    await window.command('Adapter Lab: Train');
    for (const method of methods) {
      await window.run(method).first().waitFor({ timeout: startedMs });
    }
    await window.waitForRuns(1, /loss \d.* left/, startedMs);
    await settle(window);
    await step('train', await leftClip(window));
  },

  'three runs done': async ({ window }) => {
    await window.waitForRuns(3, /loss [\d.]+ · (just now|.* ago)/, trainedMs);
    await window.clearNotifications();
  },
};

/** Of finished runs. */
export const later = {
  'the sidebar': async ({ window, screenshot }) => {
    await window.showSidebar();
    await window.openFile('starter.experiment.json');
    await window.expand(/^DoRA r/);
    await window
      .run(/Step \d+/)
      .getByText(/slope [+−]\d/)
      .first()
      .waitFor();
    await settle(window, 4000);
    await screenshot('runs');
  },

  'the page of a run': async ({ window, page, step, screenshot }) => {
    await window
      .run(/^DoRA r/)
      .first()
      .click();
    await page.keyboard.press('ArrowLeft');
    await window.command('Adapter Lab: Open Run');
    await shown(window, 'run');
    await step('watch', await editorClip(window));
    await screenshot('run');
  },

  'the slopes of the three runs': async ({ window, step, screenshot }) => {
    await selectAll(window);
    await window.command('Adapter Lab: Open Slope Diagnostics');
    await shown(window, 'slopes');
    await step('slopes', await editorClip(window));
    await bringUp(await pageFrame(window, 'slopes'), 'Same scale for all');
    await settle(window);
    await screenshot('slopes');
  },

  'the accuracies of the runs': async ({ window, step }) => {
    await window.command('Adapter Lab: Open Accuracy Tables');
    await shown(window, 'accuracy');
    await step('accuracy', await editorClip(window));
  },

  'the runs compared': async ({ window, screenshot }) => {
    await selectAll(window);
    await window.command('Adapter Lab: Compare Runs');
    await shown(window, 'compare');
    await screenshot('compare');
  },

  'a conversation in the playground': async ({ window, workspace, screenshot }) => {
    teachToChat(starterFolder(workspace));
    const frame = await tryRuns(window, /^LoRA r/, /^DoRA r/);
    await window.closeSidebar();
    await converse(frame, 'is a fox alive?', 'is the castle alive?', 'does a heron grow?');
    await frame.evaluate(() => globalThis.scrollTo(0, 0));
    // What else could have stood there, in the first answer of the base.
    await frame.locator('.answer').first().locator('.token').nth(4).hover();
    await frame.locator('.token-card').waitFor();
    await screenshot('playground');
  },

  'Table 1 beside the published rows': async ({ window, screenshot }) => {
    await window.closeAll();
    await window.command('Adapter Lab: Open Accuracy Tables');
    const frame = await pageFrame(window, 'accuracy');
    const published = frame.locator('.popover').getByRole('button', { name: 'Published' }).first();
    await published.click();
    await frame.getByRole('checkbox', { name: 'LLaMA-7B', exact: true }).click();
    await window.page.keyboard.press('Escape');
    await frame.getByText('LLaMA-7B', { exact: true }).waitFor();
    await frame.evaluate(() => document.activeElement.blur());
    await settle(window);
    await screenshot('table1', { theme: 'light' });
  },

  'the rank sweep': async ({ window, workspace, screenshot }) => {
    trainSweep(starterFolder(workspace));
    await window.closeAll();
    await window.command('Adapter Lab: Open Figures and Tables');
    const frame = await pageFrame(window, 'figures');
    await frame.getByRole('row', { name: /^ranks/ }).waitFor({ timeout: startedMs });
    await window.clearNotifications();
    await settle(window);
    await screenshot('figures');
  },
};

async function selectAll(window) {
  const [first, ...others] = methods;
  await window.run(first).first().click();
  for (const method of others) {
    await window
      .run(method)
      .first()
      .click({ modifiers: ['ControlOrMeta'] });
  }
}

async function shown(window, kind) {
  await pageFrame(window, kind);
  await settle(window);
}

/** Scrolls a page until the line with this text is its first. */
async function bringUp(frame, text) {
  const place = frame.getByText(text).first();
  await place.evaluate((element) => element.scrollIntoView({ block: 'start' }));
  await frame.evaluate(() => globalThis.scrollBy(0, -24));
}

/** The mouse lies where it changes nothing. */
async function settle(window, waitMs = drawnMs) {
  const { width, height } = window.page.viewportSize();
  await window.page.mouse.move(width - 40, height - 60);
  await window.page.waitForTimeout(waitMs);
}

async function editorClip(window) {
  const box = await window.page.locator('.part.editor').boundingBox();
  return { ...box, height: Math.min(box.height, stepHeight) };
}

/** From the activity bar into the editor, as wide as the pictures of pages. */
async function leftClip(window) {
  const editor = await editorClip(window);
  return { ...editor, x: 0 };
}

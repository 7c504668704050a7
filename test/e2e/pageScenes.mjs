// The pages that are looked at, how each is opened, and what of it shows only when somebody asks: tabs, menus, hovers,
// tables, predictions. `enter` brings it up, `leave` takes it away again.
import { pageFrame } from './webview.mjs';

const methods = [/^FT/, /^LoRA r/, /^DoRA r/];

/** Those in editor tabs, and the one in the bottom panel. */
export const openings = {
  run: async (window) => {
    await window.select(/^DoRA r/);
    await window.command('Adapter Lab: Open Run');
    return pageFrame(window, 'run');
  },
  'adalora-run': async (window) => {
    await window.select(/^AdaLoRA r/);
    await window.command('Adapter Lab: Open Run');
    const frame = await pageFrame(window, 'run');
    await scrollToRanks(frame);
    return frame;
  },
  accuracy: async (window) => {
    await window.command('Adapter Lab: Open Accuracy Tables');
    return pageFrame(window, 'accuracy');
  },
  figures: async (window) => {
    await window.command('Adapter Lab: Open Figures and Tables');
    return pageFrame(window, 'figures');
  },
  slopes: async (window) => {
    await window.select(...methods);
    await window.command('Adapter Lab: Open Slope Diagnostics');
    return pageFrame(window, 'slopes');
  },
  diagnosis: async (window) => {
    await window.command('Adapter Lab: Diagnose Adapter');
    await window.choose(/^step-/);
    await window.choose(/^model/);
    return pageFrame(window, 'slopes', 60_000);
  },
  compare: async (window) => {
    await window.select(...methods);
    await window.command('Adapter Lab: Compare Runs');
    return pageFrame(window, 'compare');
  },
  'playground-empty': async (window) => {
    await window.command('Adapter Lab: Open Playground');
    const frame = await pageFrame(window, 'playground');
    const remove = frame.getByRole('button', { name: /^Remove / });
    while ((await remove.count()) > 0) {
      await remove.first().click();
      await window.page.waitForTimeout(200);
    }
    await frame.getByRole('heading', { name: 'Which models shall answer?' }).waitFor();
    return frame;
  },
  playground: async (window) => {
    const frame = await tryRuns(window, /^FT/, /^DoRA r/);
    const prompt = frame.getByRole('textbox', { name: 'Prompt', exact: true });
    // As the starter's data asks: its models know no other form.
    const asked =
      'Please answer the following question with true or false, question: is a fox alive?';
    await prompt.fill(`${asked}\n\nAnswer format: true/false`);
    await prompt.press('Enter');
    await answered(frame, 3);
    return frame;
  },
  conversation: async (window) => {
    const frame = await tryRuns(window, /^LoRA r/, /^DoRA r/);
    await converse(frame, 'is a fox alive?', 'is the castle alive?', 'does a heron grow?');
    return frame;
  },
  'slopes-panel': async (window) => {
    await window.select(/^DoRA r/);
    await window.command('Focus on Slope Diagnostics View');
    return pageFrame(window, 'slopes');
  },
};

export const scenes = {
  run: {
    hover: chartHovered(),
    'gpu-memory': {
      enter: (frame) =>
        frame.getByRole('heading', { name: 'GPU memory', exact: true }).scrollIntoViewIfNeeded(),
      leave: (frame) => frame.evaluate(() => globalThis.scrollTo(0, 0)),
    },
    figures: opened(/in figures/),
    samples: tab('Samples'),
    checkpoints: tab('Checkpoints'),
    settings: tab('Settings'),
    environment: tab('Environment'),
    log: tab('Log'),
  },
  'adalora-run': {
    profiled: {
      enter: (frame) => frame.getByRole('button', { name: 'Profile' }).scrollIntoViewIfNeeded(),
      leave: scrollToRanks,
    },
  },
  accuracy: {
    published: popover('Published'),
    columns: popover('Columns'),
    export: popover('Export'),
    'beside-published': {
      enter: async (frame) => {
        await popover('Published').enter(frame);
        await frame.getByRole('checkbox', { name: 'All models' }).click();
        await popover('Published').leave(frame);
      },
      leave: async (frame) => {
        await popover('Published').enter(frame);
        await frame.getByRole('checkbox', { name: 'All models' }).click();
        await popover('Published').leave(frame);
      },
    },
    'two-rows': {
      enter: (frame) => tickRows(frame, true),
      leave: (frame) => tickRows(frame, false),
    },
    predictions: {
      enter: async (frame) => {
        await frame.locator('button.figure').first().click();
        await frame.getByText('The whole prompt').click();
      },
      leave: backToTable,
    },
    'side-by-side': {
      enter: async (frame) => {
        await frame.locator('button.figure').first().click();
        await frame.getByRole('combobox', { name: 'Compare with' }).click();
        await frame.getByRole('option', { name: /LoRA r/ }).click();
        await frame.getByRole('button', { name: /^Answers differ/ }).waitFor();
      },
      leave: backToTable,
    },
  },
  figures: {
    hover: sweepReached(),
    export: popover('Export'),
    'half-rank': tabOf('Half Rank', 'Rank Sweep'),
    granularity: tabOf('Granularity', 'Rank Sweep'),
    'mt-bench': tabOf('MT-Bench', 'Rank Sweep'),
    'orca-math': tabOf('Orca-Math', 'Rank Sweep'),
  },
  slopes: {
    modules: popover('modules'),
    hover: pointReached(),
    reading: opened('How to read this'),
    tables: {
      enter: (frame) => frame.getByRole('button', { name: 'Show as tables' }).click(),
      leave: (frame) => frame.getByRole('button', { name: 'Show as tables' }).click(),
    },
    ranks: updatesOf('Effective rank', /^Effective rank of/),
    lengths: updatesOf('Row lengths', /^Histogram of/),
    subspaces: updatesOf('Subspaces', /^Similarity of subspaces/),
  },
  diagnosis: { hover: pointReached() },
  compare: {
    hover: chartHovered(),
    figures: opened(/in figures/),
    settings: {
      enter: (frame) => frame.getByRole('heading', { name: /^Settings/ }).scrollIntoViewIfNeeded(),
      leave: (frame) => frame.evaluate(() => globalThis.scrollTo(0, 0)),
    },
  },
  playground: {
    token: tokenReached(),
    sampling: popover('Sampling'),
    bases: {
      enter: async (frame) => {
        await frame.getByRole('button', { name: /^Weights of DoRA/ }).click();
        await tick(frame.page(), 'Base in NF4');
        await frame.getByRole('article', { name: /base in NF4$/ }).waitFor();
        await frame.getByRole('textbox', { name: 'Prompt', exact: true }).press('Enter');
        await answered(frame, 4);
      },
      leave: async (frame) => {
        await frame.getByRole('button', { name: /^Remove .* NF4$/ }).click();
        await frame.getByRole('article', { name: /base in NF4$/ }).waitFor({ state: 'detached' });
      },
    },
    earlier: opened(/is a fox alive/),
  },
  conversation: {
    token: tokenReached(),
    editing: {
      enter: (frame) =>
        frame
          .getByRole('button', { name: /^Edit prompt 2/ })
          .first()
          .click(),
      leave: (frame) => frame.getByRole('button', { name: 'Cancel' }).click(),
    },
    earlier: opened(/is a fox alive/),
  },
};

/** The playground with these runs and their base. */
export async function tryRuns(window, ...runs) {
  await window.select(...runs);
  await window.command('Adapter Lab: Try in Playground');
  return pageFrame(window, 'playground');
}

/** Each model says how fast it was. */
async function answered(frame, models) {
  await frame
    .getByText(/tokens\/s/)
    .nth(models - 1)
    .waitFor();
  await frame.getByRole('button', { name: 'Answer', exact: true }).waitFor();
}

/** One more of what a command offers ticked. */
async function tick(page, name) {
  const list = page.locator('.quick-input-widget');
  await list.getByRole('checkbox', { name, exact: true }).first().click();
  await page.keyboard.press('Enter');
  await list.waitFor({ state: 'hidden' });
}

/** In the form of a chat, of three models. */
export async function converse(frame, ...prompts) {
  await frame.getByRole('combobox', { name: 'How the prompt is put to the models' }).click();
  await frame.getByRole('option', { name: /^Chat/ }).click();
  const prompt = frame.getByRole('textbox', { name: 'Prompt', exact: true });
  for (const [index, text] of prompts.entries()) {
    await prompt.fill(text);
    await prompt.press('Enter');
    const count = index === 0 ? '1 turn' : `${index + 1} turns`;
    await frame.locator('.conversation-bar').getByText(count, { exact: true }).waitFor();
    await answered(frame, 3);
  }
}

function scrollToRanks(frame) {
  return frame
    .getByRole('heading', { name: 'Rank by module', exact: true })
    .scrollIntoViewIfNeeded();
}

function tab(name) {
  return tabOf(name, 'Charts');
}

function tabOf(name, first) {
  const choose = (one) => (frame) =>
    frame.getByRole('tab', { name: new RegExp(`^${one}`) }).click();
  return { enter: choose(name), leave: choose(first) };
}

/** By keyboard. */
function sweepReached() {
  return {
    enter: async (frame) => {
      await frame.locator('.sweep-canvas').focus();
      for (const key of ['Home', 'ArrowRight']) await frame.page().keyboard.press(key);
      await frame.locator('.sweep-tip').waitFor();
    },
    leave: (frame) => frame.evaluate(() => document.activeElement.blur()),
  };
}

function popover(name) {
  const button = (frame) => frame.locator('.popover').getByRole('button', { name }).first();
  return {
    enter: (frame) => button(frame).click(),
    leave: async (frame) => {
      await frame.page().keyboard.press('Escape');
      await frame.locator('.popover-panel').waitFor({ state: 'detached' });
    },
  };
}

/** What opens under its summary. */
function opened(name) {
  const summary = (frame) => frame.locator('summary').getByText(name).first();
  return {
    enter: (frame) => summary(frame).click(),
    leave: (frame) => summary(frame).click(),
  };
}

function chartHovered() {
  return {
    enter: async (frame) => {
      await frame.locator('canvas[role=img]').first().hover();
      await frame.locator('.chart-tooltip').first().waitFor();
    },
    leave: (frame) => frame.locator('h1').first().hover(),
  };
}

/** By keyboard, as a point is reached without a mouse; it is chosen, too, so that its path is drawn. */
function pointReached() {
  return {
    enter: async (frame) => {
      await frame.locator('.plot-canvas').first().focus();
      for (const key of ['Home', 'ArrowRight', 'Enter']) await frame.page().keyboard.press(key);
    },
    leave: async (frame) => {
      await frame.page().keyboard.press('Escape');
      await frame.evaluate(() => {
        document.activeElement.blur();
        globalThis.scrollTo(0, 0);
      });
    },
  };
}

/** By keyboard, with what else could have stood there. */
function tokenReached() {
  return {
    enter: async (frame) => {
      await frame.locator('.answer').first().focus();
      for (const key of ['End', 'ArrowLeft']) await frame.page().keyboard.press(key);
      await frame.locator('.token-card').waitFor();
    },
    leave: async (frame) => {
      await frame.page().keyboard.press('Escape');
      await frame.evaluate(() => document.activeElement.blur());
    },
  };
}

async function tickRows(frame, isTicked) {
  const boxes = frame.locator('tbody input[type=checkbox]');
  for (const index of [0, 1]) await boxes.nth(index).setChecked(isTicked);
  const state = isTicked ? 'visible' : 'detached';
  await frame.locator('.comparison').waitFor({ state });
}

async function backToTable(frame) {
  await frame.getByRole('button', { name: 'Back to the table' }).click();
  await frame.locator('button.figure').first().waitFor();
}

/** Charts of updates: the first look at them has them measured. */
function updatesOf(name, chart) {
  return {
    enter: async (frame) => {
      await frame.getByRole('tab', { name, exact: true }).click();
      const drawn = frame.getByLabel(chart).first();
      const measure = frame.getByRole('button', { name: 'Measure', exact: true });
      await drawn.or(measure).first().waitFor();
      if (await measure.isVisible()) await measure.click();
      await drawn.waitFor({ timeout: 60_000 });
    },
    leave: (frame) => frame.getByRole('tab', { name: 'Slopes', exact: true }).click(),
  };
}

// The steps of the journey: what a new user does, and what must be on the screen then.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluating } from './journey/evaluating.mjs';
import { exports } from './journey/exports.mjs';
import { marks } from './journey/marks.mjs';
import { queueing } from './journey/queueing.mjs';
import { starterFile, writeVariant } from './journey/variants.mjs';
import { walkthrough } from './journey/walkthrough.mjs';
import { accessibilityFindings, pageFrame } from './webview.mjs';

const trainedMs = 480_000;
const oneRunMs = 120_000;
/** In a browser VS Code writes down every five seconds which editors are open. */
const layoutKeptMs = 6000;
const methods = [/^FT/, /^LoRA r/, /^DoRA r/];

export function start(session) {
  return session.startInstalled();
}

export const steps = {
  'an empty sidebar says what to do': async (session) => {
    await session.open();
    await session.window.showSidebar();
    await session.window.widenSidebar(90);
    await session.window.pane().getByText('No runs yet.').waitFor();
    await session.shoot('welcome');
  },

  'the palette creates the starter and opens its experiment file': async ({ window }) => {
    await window.command('Adapter Lab: Create Starter Experiment');
    await window.tab(starterFile).waitFor();
  },

  'settings are explained on hover': async ({ window, shoot }) => {
    await window.explain('"lossOn"', 'Which tokens the loss counts.');
    await shoot('experiment');
  },

  'the palette trains a run for each method, live': async ({ window, shoot }) => {
    await window.command('Adapter Lab: Train');
    for (const method of methods) await window.run(method).first().waitFor({ timeout: oneRunMs });
    await window.waitForRuns(1, /loss \d.* left/, oneRunMs);
    await window.statusItem(/loss \d|runs/).waitFor();
    await shoot('training');
  },

  'the page of a run follows it': async (session) => {
    const { window, shoot } = session;
    await window.select(/ left/);
    await window.command('Adapter Lab: Open Run');
    const frame = await pageFrame(window, 'run');
    const first = await stepOn(frame, () => true);
    if (first !== undefined) await stepOn(frame, (step) => step > first);
    await shoot('run-live', ['dark']);
  },

  'slopes are drawn in a page and in the bottom panel while it trains': async (session) => {
    const { window, shoot } = session;
    await window.command('Adapter Lab: Open Slope Diagnostics');
    await pageFrame(window, 'slopes');
    await window.command('Focus on Slope Diagnostics View');
    await window.page.locator('.part.panel').waitFor();
    await shoot('slopes-live');
  },

  'a window reloaded in the middle shows its pages again': async ({ window }) => {
    await window.page.waitForTimeout(layoutKeptMs);
    await window.reload();
    await pageFrame(window, 'slopes', 60_000);
    await window.showSidebar();
    for (const method of methods) await window.run(method).first().waitFor();
  },

  'a window closed and opened again finds the runs, which went on': async (session) => {
    await session.window.close();
    await session.open();
    await session.window.showSidebar();
    for (const method of methods) await session.window.run(method).first().waitFor();
    await session.window.waitForRuns(3, /loss [\d.]+ · (just now|.* ago)/, trainedMs);
    await session.window.closeAll();
  },

  'a finished run has checkpoints with loss and slope': async ({ window, shoot }) => {
    await window.expand(/^DoRA r/);
    await window
      .run(/Step \d+/)
      .getByText(/slope [+−]\d/)
      .first()
      .waitFor();
    await window.openFile(starterFile);
    await shoot('done');
    await window.closeAll();
  },

  'a finished run has its page': async (session) => {
    await session.window.select(/^DoRA r/);
    await session.window.command('Adapter Lab: Open Run');
    await look(session, 'run', 'run');
  },

  'three runs lie over each other in slopes and in a comparison': async (session) => {
    await session.window.select(/^FT/, /^LoRA r/, /^DoRA r/);
    await session.window.command('Adapter Lab: Open Slope Diagnostics');
    await look(session, 'slopes', 'slopes');
    await session.window.select(/^FT/, /^LoRA r/, /^DoRA r/);
    await session.window.command('Adapter Lab: Compare Runs');
    await look(session, 'compare', 'compare');
  },

  'accuracies stand beside the published ones, and are saved as CSV': async (session) => {
    const { window, workspace } = session;
    await window.command('Adapter Lab: Open Accuracy Tables');
    const frame = await pageFrame(window, 'accuracy');
    await session.shoot('accuracy');
    await frame.getByRole('button', { name: 'Export' }).click();
    await frame.getByRole('button', { name: 'Save as CSV' }).click();
    const file = join(workspace, 'accuracies.csv');
    await window.saveAs(file);
    await window.until('no CSV', () => existsSync(file));
    const text = readFileSync(file, 'utf8');
    for (const task of ['facts', 'blanks', 'quiz']) {
      if (!text.includes(task)) throw new Error(`The CSV lacks ${task}:\n${text}`);
    }
    await window.closeAll();
  },

  ...marks,
  ...evaluating,
  ...exports,
  ...queueing,
  ...walkthrough,

  'an adapter that PEFT could have made is diagnosed': async (session) => {
    const { window } = session;
    await window.command('Adapter Lab: Diagnose Adapter');
    await window.choose(/^step-/);
    await window.choose(/^model/);
    await look(session, 'slopes', 'diagnosis');
  },

  'a run tells its settings and figures on hover': async ({ window, shoot }) => {
    await window.restOnRun(/^DoRA r/, 'Learning rate');
    await shoot('tooltip', ['dark']);
    await window.page.mouse.move(900, 500);
  },

  'a misspelt setting is refused with its line': async ({ window, workspace, shoot }) => {
    writeVariant(workspace, 'misspelt', { adapter: { rnak: 8 } });
    await window.openFile('misspelt.experiment.json');
    await window.command('Adapter Lab: Train');
    const said = window.notification(/misspelt\.experiment\.json, line \d+: there is no setting/);
    await said.waitFor({ timeout: oneRunMs });
    await shoot('refused');
    await window.button('Open File').click();
    await window.clearNotifications();
  },

  'a run that fails says why, and Show Log opens its log': async ({ window, workspace, shoot }) => {
    writeVariant(workspace, 'diverges', {
      method: 'lora',
      training: { batchSize: 4, steps: 6, learningRate: 1e36, clipNorm: 0, warmupSteps: 0 },
      evaluation: { tasks: [] },
    });
    await window.openFile('diverges.experiment.json');
    await window.command('Adapter Lab: Train');
    const said = window.notification(/diverges · LoRA r\d+ failed: The loss became/);
    await said.waitFor({ timeout: oneRunMs });
    await shoot('failed');
    await window.button('Show Log').click();
    await window.tab('trainer.log').waitFor();
  },

  'the devices are shown, and why others cannot be used': async ({ window, shoot }) => {
    await window.clearNotifications();
    await window.command('Adapter Lab: Show Devices');
    await window.page.getByText('Devices Adapter Lab Can Train On').waitFor({ timeout: oneRunMs });
    await shoot('devices');
    // The processor, which comes first.
    await window.page.keyboard.press('Enter');
    await window.notification(/\d+ threads?, .* kernels/).waitFor();
    await shoot('device');
    await window.clearNotifications();
  },
};

/** A picture in each theme, and nothing serious for axe-core; the page is closed then. */
async function look(session, kind, name) {
  const frame = await pageFrame(session.window, kind);
  await session.shoot(name);
  const findings = await accessibilityFindings(frame);
  if (findings.length > 0) throw new Error(findings.join('\n'));
  await session.window.closeAll();
}

/** The step that a run page tells, as soon as it is one that is waited for; undefined if the run ended before. */
async function stepOn(frame, accepts) {
  const pattern = /Step (\d+) of \d+/;
  for (;;) {
    const text = await frame.locator('#page').innerText();
    const told = pattern.exec(text);
    if (told !== null && accepts(Number(told[1]))) return Number(told[1]);
    if (/\bFailed\b/.test(text)) throw new Error(`The run failed:\n${text}`);
    // A quick machine: the page followed it to its end.
    if (/\bDone\b/.test(text)) return undefined;
    await frame.page().waitForTimeout(100);
  }
}

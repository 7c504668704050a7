// The steps of the journey: what a new user does, and what must be on the screen then.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'jsonc-parser';
import { root } from '../vscode/bundleSuite.mjs';

const trainedMs = 480_000;
const oneRunMs = 120_000;
const methods = [/^FT/, /^LoRA r/, /^DoRA r/];

const starterFile = readdirSync(join(root, 'media', 'starter')).find((name) =>
  name.endsWith('.experiment.json'),
);

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

  'a window opened again finds the runs, which went on': async (session) => {
    await session.window.close();
    await session.open();
    await session.window.showSidebar();
    for (const method of methods) await session.window.run(method).first().waitFor();
    await session.window.waitForRuns(3, /loss [\d.]+ · (just now|.* ago)/, trainedMs);
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
  },

  'a run tells its settings and figures on hover': async ({ window, shoot }) => {
    await window
      .run(/^DoRA r/)
      .first()
      .hover();
    await window.page.locator('.monaco-hover').getByText('Learning rate').waitFor();
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
    await window.page.keyboard.press('Escape');
  },
};

/** An experiment beside the starter's, one run, with other settings. */
function writeVariant(workspace, name, settings) {
  const folder = join(workspace, 'adapter-lab-starter');
  const { grid: _, ...starter } = parse(readFileSync(join(folder, starterFile), 'utf8'));
  const text = JSON.stringify({ ...starter, name, ...settings }, undefined, 2);
  writeFileSync(join(folder, `${name}.experiment.json`), `${text}\n`);
}

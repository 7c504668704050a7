// What a window must bear without an error that is not one, and without losing anything: a reload, the death of its
// extension host, run folders that vanish, are half there or come from elsewhere, a second window.
import {
  appendFileSync,
  cpSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parse } from 'jsonc-parser';
import { processes } from '../vscode/processes.mjs';
import { placeTrainedStarter, runFolders } from './trainedStarter.mjs';
import { pageFrame } from './webview.mjs';

const oneRunMs = 120_000;
/** Pages and sidebar look again every second where the system says nothing of a change. */
const noticedMs = 2500;

export async function start(session) {
  session.starter = placeTrainedStarter(session.workspace);
  await session.startInstalled();
  await session.open();
  await session.window.showSidebar();
  await session.window
    .run(/^DoRA r/)
    .first()
    .waitFor();
}

export const steps = {
  'a page comes back when the window is reloaded': async ({ window }) => {
    await openRun(window, /^DoRA r/);
    // In a browser VS Code writes down every five seconds which editors are open.
    await window.page.waitForTimeout(6000);
    await window.reload();
    await pageFrame(window, 'run', 60_000);
    await expectQuiet(window);
  },

  'a run survives the death of the extension host, and is found again': async (session) => {
    const { window, server, starter } = session;
    writeLongExperiment(starter);
    await window.openFile('long.experiment.json');
    await window.command('Adapter Lab: Train');
    await window.waitForRuns(1, /loss \d.* left/, oneRunMs);
    const killed = server.extensionHosts().map(({ pid }) => pid);
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    await window.until('no new extension host', () =>
      server.extensionHosts().some(({ pid }) => !killed.includes(pid)),
    );
    await window.clearNotifications();
    await window.command('Adapter Lab: Refresh');
    await window.waitForRuns(1, /loss \d.* left/, oneRunMs);
    await window.closeAll();
    await openRun(window, /loss \d.* left/);
    await window.select(/loss \d.* left/);
    await window.command('Adapter Lab: Stop');
    await window.waitForRuns(1, /stopped/i, oneRunMs);
    await expectQuiet(window);
    await window.closeAll();
  },

  'a run folder that is cut off, then gone, then back is no error': async ({ window, starter }) => {
    const folder = runOf(starter, 'full');
    const away = join(dirname(dirname(folder)), 'away');
    cpSync(folder, away, { recursive: true });
    await openRun(window, /^FT/);
    truncateSync(join(folder, 'run.json'), 40);
    truncateSync(join(folder, 'status.json'), 20);
    appendFileSync(join(folder, 'events.jsonl'), '{"seq":100000,"type":"st');
    await window.page.waitForTimeout(noticedMs);
    await expectQuiet(window);
    renameSync(folder, `${folder}.moved-away`);
    renameSync(`${folder}.moved-away`, join(dirname(away), 'broken'));
    await window.page.waitForTimeout(noticedMs);
    await expectQuiet(window);
    renameSync(away, folder);
    await window.run(/^FT/).first().waitFor();
    await window.closeAll();
    await openRun(window, /^FT/);
    await expectQuiet(window);
  },

  'a run made on another machine is listed and opens': async ({ window, starter }) => {
    const folder = runOf(starter, 'dora');
    const copied = join(dirname(folder), `${basename(folder)}-copied`);
    cpSync(folder, copied, { recursive: true });
    change(copied, 'run.json', {
      id: basename(copied),
      experiment: 'elsewhere',
      experimentFile: '/home/someone/lab/elsewhere.experiment.json',
    });
    change(copied, 'status.json', { host: 'another-machine', pid: 4711 });
    const tags = { format: 1, name: 'From afar', star: false, tags: [], notes: '' };
    writeFileSync(join(copied, 'tags.json'), JSON.stringify(tags));
    await window.closeAll();
    await window
      .run(/^From afar/)
      .first()
      .waitFor();
    await openRun(window, /^From afar/);
    await expectQuiet(window);
  },

  'two windows on one workspace see the same, and a run has one trainer': async (session) => {
    const { window, starter } = session;
    const second = await session.openWindow();
    await second.showSidebar();
    await window.closeAll();
    await window.select(/^LoRA r/);
    await window.command('Adapter Lab: Rename Run');
    await window.answer('Favourite');
    await window
      .run(/^Favourite/)
      .first()
      .waitFor();
    await second
      .run(/^Favourite/)
      .first()
      .waitFor();
    await second.openFile('long.experiment.json');
    await second.command('Adapter Lab: Train');
    for (const one of [second, window]) await one.waitForRuns(1, /loss \d.* left/, oneRunMs);
    const trainers = processes().filter(
      ({ command }) => command.includes('trainer.js') && command.includes(starter),
    );
    if (trainers.length !== 1) throw new Error(`${trainers.length} trainers run.`);
    await window.select(/loss \d.* left/);
    await window.command('Adapter Lab: Stop');
    for (const one of [second, window]) await one.waitForRuns(2, /stopped/i, oneRunMs);
    for (const one of [second, window]) await expectQuiet(one);
    await second.close();
  },
};

async function openRun(window, name) {
  await window.select(name);
  await window.command('Adapter Lab: Open Run');
  await pageFrame(window, 'run', 60_000);
}

async function expectQuiet(window) {
  const shown = await window.notifications();
  if (shown.length > 0) throw new Error(`The window says: ${shown.join(' | ')}`);
}

function runOf(starter, method) {
  return runFolders(starter).find((folder) => basename(folder).includes(`-${method}-`));
}

/** Of a run that nobody trains any more. */
function change(folder, name, values) {
  const file = join(folder, name);
  const before = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...before, ...values }));
}

function writeLongExperiment(starter) {
  const text = readFileSync(join(starter, 'starter.experiment.json'), 'utf8');
  const { grid: _, ...settings } = parse(text);
  const training = { ...settings.training, steps: 100_000 };
  const long = { ...settings, name: 'long', method: 'lora', training, evaluation: { tasks: [] } };
  writeFileSync(join(starter, 'long.experiment.json'), JSON.stringify(long, undefined, 2));
}

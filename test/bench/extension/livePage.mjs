// A run page in a real window: how long a long run takes until it is drawn, how long an event takes from the disk to
// the screen, and what the page costs while it is hidden.
import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Session } from '../../e2e/session.mjs';
import { placeTrainedStarter, runFolders } from '../../e2e/trainedStarter.mjs';
import { pageFrame } from '../../e2e/webview.mjs';

const appended = 60;
const apartMs = 250;
const watchedMs = 8000;

export async function measureLivePage(events) {
  const session = new Session();
  session.server.isStill = false;
  try {
    const starter = placeTrainedStarter(session.workspace);
    const [folder] = runFolders(starter).filter((one) => one.includes('-dora-'));
    writeLongRun(starter, folder, events);
    await session.startDevelopment();
    const long = await timeOpenings(session, /^VeRA r/);
    const short = await timeOpenings(session, /^DoRA r/);
    const latencies = await measureLatencies(session, folder);
    const hidden = await measureHidden(session, folder);
    return { short, long, latencies, ...hidden };
  } finally {
    await session.close();
  }
}

/** As the first page of a window, and as a later one. */
async function timeOpenings(session, name) {
  await session.window?.page.context().close();
  await session.open();
  await session.window.page.addInitScript(noteFirstChart);
  await session.window.showSidebar();
  const firstMs = await timeOpening(session, name);
  const laterMs = [];
  for (let round = 0; round < 3; round += 1) {
    await session.window.closeAll();
    laterMs.push(await timeOpening(session, name));
  }
  return { firstMs, laterMs: laterMs.sort((a, b) => a - b)[1] };
}

/** In every frame, before its own scripts: when a chart was first on the screen. Asking from outside would slow it. */
function noteFirstChart() {
  const looking = setInterval(() => {
    if (document.querySelector('#page canvas') === null) return;
    clearInterval(looking);
    requestAnimationFrame(() => {
      globalThis.firstChartMs = Date.now();
    });
  }, 4);
}

/** From the click to a chart on the screen. */
async function timeOpening({ window }, name) {
  await window.select(name);
  const open = window.run(name).first().getByRole('button', { name: 'Open Run' });
  await open.waitFor();
  await window.page.waitForTimeout(1000);
  const startMs = Date.now();
  await open.click();
  await window.page.waitForTimeout(1500);
  const frame = await pageFrame(window, 'run', 60_000);
  await frame.waitForFunction(() => globalThis.firstChartMs !== undefined);
  return (await frame.evaluate(() => globalThis.firstChartMs)) - startMs;
}

/** Milliseconds from the append to the next picture with something new in it. */
async function measureLatencies({ window }, folder) {
  const frame = await pageFrame(window, 'run');
  await frame.evaluate(() => {
    globalThis.changes = [];
    // A frame later it is on the screen.
    const note = () => requestAnimationFrame(() => globalThis.changes.push(Date.now()));
    const options = { subtree: true, childList: true, characterData: true };
    new MutationObserver(note).observe(document.getElementById('page'), options);
  });
  const written = [];
  for (let index = 0; index < appended; index += 1) {
    written.push(Date.now());
    appendStep(folder, 1000 + index);
    // Never in step with what is polled every second.
    await window.page.waitForTimeout(apartMs + (index % 7) * 31);
  }
  await window.page.waitForTimeout(1500);
  const changes = await frame.evaluate(() => globalThis.changes);
  return written.map((at) => changes.find((change) => change >= at) - at);
}

/** CPU time of the extension host while events arrive: page in front, page hidden, page closed. */
async function measureHidden(session, folder) {
  const { window } = session;
  const shown = await costOf(session, folder, 2000);
  await window.openFile('starter.experiment.json');
  const hidden = await costOf(session, folder, 3000);
  await window.closeAll();
  const closed = await costOf(session, folder, 4000);
  return { shownCpuMs: shown, hiddenCpuMs: hidden, closedCpuMs: closed };
}

async function costOf({ server, window }, folder, firstStep) {
  await window.page.waitForTimeout(2000);
  const cpu = () => server.extensionHosts().reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  const before = cpu();
  const endMs = Date.now() + watchedMs;
  for (let step = firstStep; Date.now() < endMs; step += 1) {
    appendStep(folder, step);
    await window.page.waitForTimeout(100);
  }
  return ((cpu() - before) / watchedMs) * 1000;
}

function appendStep(folder, step) {
  appendFileSync(join(folder, 'events.jsonl'), stepLine(step));
}

function stepLine(step) {
  const figures = { loss: 1 + Math.random(), gradNorm: 1 + Math.random(), learningRate: 1e-4 };
  const cost = { tokens: 4096, seconds: 0.5 };
  return `${JSON.stringify({ seq: step, type: 'step', step, ...figures, ...cost })}\n`;
}

/** Beside the starter's runs, told apart by its method. */
function writeLongRun(starter, model, events) {
  const folder = join(starter, 'runs', '20250101T000000Z-vera-r16-0000');
  cpSync(model, folder, { recursive: true });
  const run = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'));
  run.id = '20250101T000000Z-vera-r16-0000';
  run.created = '2025-01-01T00:00:00.000Z';
  run.settings.method = 'vera';
  writeFileSync(join(folder, 'run.json'), JSON.stringify(run));
  const lines = Array.from({ length: events }, (_, index) => stepLine(index + 1));
  writeFileSync(join(folder, 'events.jsonl'), lines.join(''));
}

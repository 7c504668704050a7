// Every page, on the finished starter, in four themes, wide and narrow, with its tabs, menus and hovers: nothing serious
// for axe-core, everything reachable by keyboard, nothing refused by the content security policy, no error in the
// console.
import { giveGpuMemory } from './gpuMemory.mjs';
import { openings, scenes } from './pageScenes.mjs';
import { measureRun } from './measuredRun.mjs';
import { placeTrainedStarter, runFolders, teachToChat, trainAdalora } from './trainedStarter.mjs';
import { themeNames } from './workbench.mjs';
import { accessibilityFindings, keyboardFindings } from './webview.mjs';

/** The first that is drawn is dark. */
const themes = [...themeNames].reverse();
const wide = { width: 1280, height: 800 };
const narrow = { width: 700, height: 800 };

export const areIndependent = true;

export async function start(session) {
  const starter = placeTrainedStarter(session.workspace);
  for (const folder of runFolders(starter)) measure(folder);
  trainAdalora(starter);
  teachToChat(starter);
  await session.startDevelopment();
  await session.open();
  session.complaints = [];
  listen(session.window.page, session.complaints);
  await session.window.showSidebar();
  await session.window
    .run(/^DoRA r/)
    .first()
    .waitFor();
}

/** PAGES=run,playground: these alone. */
const wanted = process.env.PAGES?.split(',') ?? Object.keys(openings);

export const steps = Object.fromEntries(
  wanted.map((name) => [
    `the page ${name}`,
    async (session) => {
      const { window, complaints } = session;
      complaints.length = 0;
      const findings = await audit(session, name);
      await window.closeAll();
      const all = [...findings, ...complaints];
      if (all.length > 0) throw new Error([...new Set(all)].join('\n'));
    },
  ]),
);

function measure(folder) {
  const isDora = /-dora-/.test(folder);
  if (isDora) giveGpuMemory(folder);
  measureRun(folder, {
    nats: isDora ? 2.1 : 2.4,
    scores: isDora ? [7, 8, 6, 9, null] : [5, 6, 7, 4, 6],
  });
}

async function audit(session, name) {
  const { window } = session;
  const findings = [];
  const add = (what, problems) => findings.push(...problems.map((one) => `${what}: ${one}`));
  const frame = await openings[name](window);
  for (const theme of themes) {
    const rules = { coloursAlone: theme !== themes[0] };
    await session.shoot(`page-${name}`, [theme]);
    add(theme, await accessibilityFindings(frame, rules));
    for (const [scene, { enter, leave }] of Object.entries(scenes[name] ?? {})) {
      await enter(frame);
      await session.shoot(`page-${name}-${scene}`, [theme]);
      add(`${scene}, ${theme}`, await accessibilityFindings(frame, rules));
      await leave(frame);
    }
  }
  add('keyboard', await keyboardFindings(window, frame));
  await window.page.setViewportSize(narrow);
  await session.shoot(`page-${name}-narrow`, ['dark']);
  add('narrow', await accessibilityFindings(frame));
  await window.page.setViewportSize(wide);
  return findings;
}

/** What a page itself complains of; the workbench has complaints of its own. */
function listen(page, complaints) {
  page.on('console', (message) => {
    const isRefusal = /content security policy/i.test(message.text());
    const isOurs = /dist\/webview\//.test(message.location().url);
    if (message.type() === 'error' && (isRefusal || isOurs)) {
      complaints.push(`console: ${message.text()} (${message.location().url})`);
    }
  });
  page.on('pageerror', (error) => {
    if (/dist\/webview\//.test(error.stack ?? '')) complaints.push(`error: ${error.stack}`);
  });
}

// Every page, on the finished starter, in four themes, wide and narrow: nothing serious for axe-core, everything
// reachable by keyboard, nothing refused by the content security policy, no error in the console.
import { placeTrainedStarter } from './trainedStarter.mjs';
import { themeNames } from './workbench.mjs';
import { accessibilityFindings, keyboardFindings, pageFrame } from './webview.mjs';

/** The first that is drawn is dark. */
const themes = [...themeNames].reverse();
const wide = { width: 1280, height: 800 };
const narrow = { width: 700, height: 800 };

/** How each kind of page is opened. */
const openings = {
  run: async (window) => {
    await window
      .run(/^DoRA r/)
      .first()
      .click();
    await window.command('Adapter Lab: Open Run');
  },
  accuracy: async (window) => {
    await window.command('Adapter Lab: Open Accuracy Tables');
  },
  compare: async (window) => {
    await window
      .run(/^DoRA r/)
      .first()
      .click();
    await window
      .run(/^LoRA r/)
      .first()
      .click({ modifiers: ['ControlOrMeta'] });
    await window.command('Adapter Lab: Compare Runs');
  },
};

export const areIndependent = true;

export async function start(session) {
  placeTrainedStarter(session.workspace);
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

export const steps = Object.fromEntries(
  Object.entries(openings).map(([kind, open]) => [
    `the ${kind} page`,
    async (session) => {
      const { window, complaints } = session;
      complaints.length = 0;
      await open(window);
      const findings = await audit(session, kind);
      await window.command('View: Close All Editors');
      const all = [...findings, ...complaints];
      if (all.length > 0) throw new Error([...new Set(all)].join('\n'));
    },
  ]),
);

async function audit(session, kind) {
  const { window } = session;
  const findings = [];
  const add = (what, problems) => findings.push(...problems.map((one) => `${what}: ${one}`));
  await pageFrame(window, kind);
  for (const theme of themes) {
    await session.shoot(`page-${kind}`, [theme]);
    add(theme, await accessibilityFindings(await pageFrame(window, kind)));
  }
  add('keyboard', await keyboardFindings(window, await pageFrame(window, kind)));
  await window.page.setViewportSize(narrow);
  await session.shoot(`page-${kind}-narrow`, ['dark']);
  add('narrow', await accessibilityFindings(await pageFrame(window, kind)));
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

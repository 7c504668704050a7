// A workspace that nobody trusts yet: everything can be looked at, nothing runs.
import { placeTrainedStarter } from './trainedStarter.mjs';
import { pageFrame } from './webview.mjs';

const restricted = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
};
const running = ['Train', 'Queue', 'Resume', 'Show Devices'];

export async function start(session) {
  placeTrainedStarter(session.workspace);
  await session.startDevelopment(restricted, { asksForTrust: true });
  await session.open();
}

export const steps = {
  'the window is restricted, and the sidebar shows the runs': async ({ window, shoot }) => {
    await window.statusItem('Restricted Mode').waitFor();
    await window.showSidebar();
    for (const method of [/^FT/, /^LoRA r/, /^DoRA r/]) await window.run(method).first().waitFor();
    await shoot('untrusted');
  },

  'a run has its page': async ({ window }) => {
    await window
      .run(/^DoRA r/)
      .first()
      .click();
    await window.command('Adapter Lab: Open Run');
    await pageFrame(window, 'run');
  },

  'the palette offers nothing that would run': async ({ window }) => {
    const { page } = window;
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input').first().fill('>Adapter Lab: ');
    const options = page.locator('.quick-input-list').getByRole('option');
    await options.getByText('Open Run', { exact: false }).first().waitFor();
    const offered = await options.allInnerTexts();
    await page.keyboard.press('Escape');
    const wrong = running.filter((title) =>
      offered.some((text) => text.split('\n')[0].trim() === `Adapter Lab: ${title}`),
    );
    if (wrong.length > 0) throw new Error(`The palette offers ${wrong.join(', ')}.`);
  },
};

// Runs that wait: queued from the palette, ordered by keys and by drag, started out of turn, and the queue paused and
// resumed.
import { writeVariant } from './variants.mjs';

const oneRunMs = 120_000;
const seeds = [1, 2, 3];

export const queueing = {
  'runs wait while the queue is paused': async ({ window, workspace, shoot }) => {
    writeVariant(workspace, 'sweep', {
      method: 'lora',
      training: { batchSize: 4, steps: 10, learningRate: 1e-3 },
      checkpoints: { every: 10, keep: 1 },
      diagnostics: { every: 0 },
      evaluation: { tasks: [] },
      grid: { 'training.seed': seeds },
    });
    await window.command('Adapter Lab: Pause Queue');
    await window.openFile('sweep.experiment.json');
    await window.command('Adapter Lab: Queue');
    await waits(window, '123');
    await window.closeAll();
    await shoot('queue');
  },

  'their order changes by keys and by drag': async ({ window, shoot }) => {
    const { page } = window;
    await waiting(window).nth(2).click();
    await page.keyboard.press('Alt+ArrowUp');
    await waits(window, '132');
    await page.keyboard.press('Alt+ArrowDown');
    await waits(window, '123');
    await waiting(window).nth(2).dragTo(waiting(window).nth(0));
    await waits(window, '312');
    await shoot('queue-ordered');
  },

  'one of them starts now, the others when the queue is resumed': async ({ window }) => {
    await waiting(window).nth(1).hover();
    await waiting(window).nth(1).getByRole('button', { name: 'Start Now' }).click();
    await waits(window, '32');
    await window.waitForRuns(1, /seed 1.*loss [\d.]+ · .*(now|ago)/, oneRunMs);
    await window.section('Queue').hover();
    await window.pane().getByRole('button', { name: 'Resume Queue' }).click();
    await window.waitForRuns(3, /seed \d.*loss [\d.]+ · .*(now|ago)/, oneRunMs);
    await waits(window, '');
    await window.clearNotifications();
  },
};

function waiting(window) {
  return window.run(/^\d(st|nd|rd|th) · LoRA r/);
}

/** Seeds of what waits, in order. */
async function waits(window, order) {
  const deadline = Date.now() + oneRunMs;
  for (;;) {
    const lines = await waiting(window).allInnerTexts();
    const found = lines.map((line) => /seed (\d)/.exec(line)?.[1]).join('');
    if (found === order) return;
    if (Date.now() > deadline) throw new Error(`Seeds ${found} wait, not ${order}: ${lines}`);
    await window.page.waitForTimeout(200);
  }
}

// A checkpoint evaluated from the sidebar; its figure comes into the accuracy table.
import { pageFrame } from '../webview.mjs';

const evaluatedMs = 120_000;
const questions = 12;

export const evaluating = {
  'a checkpoint is evaluated, and its figure comes into the table': async ({ window, shoot }) => {
    await window.expand(/^DoRA r/);
    await window
      .run(/^Step 150/)
      .first()
      .click();
    await window.command('Adapter Lab: Evaluate');
    for (const task of ['facts', 'quiz']) await window.untick(task);
    await window.page.keyboard.press('Enter');
    await window.choose(/^Another number/);
    await window.answer(String(questions));
    const frame = await pageFrame(window, 'accuracy');
    await frame.getByRole('combobox', { name: 'Checkpoints of a run' }).click();
    await frame.getByRole('option', { name: 'Every checkpoint' }).click();
    const row = frame.getByRole('row', { name: /step 150/ });
    await row.getByText(`n ${questions}`).first().waitFor({ timeout: evaluatedMs });
    await row.getByText('evaluating').waitFor({ state: 'detached', timeout: evaluatedMs });
    await shoot('evaluated');
  },
};

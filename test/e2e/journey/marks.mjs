// What a user says of runs, and takes back: name, star, tags, notes; the trash, which asks once and can be undone.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFolders } from '../trainedStarter.mjs';

const name = 'Favourite';
const note = 'Learned the facts in sixty steps.';

export const marks = {
  'a run gets a name, a star, tags and notes, and shows them': async (session) => {
    const { window, shoot } = session;
    await window.select(/^LoRA r/);
    await window.page.keyboard.press('F2');
    await window.answer(name);
    await window.run(name).first().waitFor();
    for (const [command, text] of [
      ['Edit Tags', 'keep'],
      ['Edit Notes', note],
    ]) {
      await window.select(name);
      await window.command(`Adapter Lab: ${command}`);
      await window.answer(text);
    }
    await window.select(name);
    await window.command('Adapter Lab: Star');
    await window.until('nothing was kept', () => {
      const { name: kept, star, tags, notes } = tagsOf(session, name);
      return kept === name && star === true && tags.includes('keep') && notes === note;
    });
    await window.restOnRun(name, note);
    await shoot('marks-hover', ['dark']);
    await window.page.mouse.move(900, 500);
    await shoot('marks');
  },

  'the trash asks once, and gives back': async (session) => {
    const { window, shoot } = session;
    const { page } = window;
    const folder = folderOf(session, name);
    await window.select(name);
    await page.keyboard.press('Delete');
    const question = page.getByRole('dialog').getByText(`Move ${name} of starter to the trash?`);
    await question.waitFor();
    await shoot('trash');
    await page.getByRole('dialog').getByRole('button', { name: 'Move to Trash' }).click();
    await window.run(name).first().waitFor({ state: 'detached' });
    if (existsSync(folder)) throw new Error('The run is where it was.');
    if (await page.getByRole('dialog').isVisible()) throw new Error('It asks a second time.');
    await window.command('Adapter Lab: Undo Move to Trash');
    await window.run(name).first().waitFor();
    const { star, tags } = tagsOf(session, name);
    if (star !== true || !tags.includes('keep')) throw new Error('It came back without its marks.');
    await window.command('Adapter Lab: Rename Run');
    await window.answer('');
    await window.run(name).first().waitFor({ state: 'detached' });
  },
};

function folderOf(session, called) {
  return starterRuns(session).find((folder) => tagsIn(folder).name === called);
}

function tagsOf(session, called) {
  const folder = folderOf(session, called);
  return folder === undefined ? { tags: [] } : tagsIn(folder);
}

function starterRuns({ workspace }) {
  return runFolders(join(workspace, 'adapter-lab-starter'));
}

function tagsIn(folder) {
  const file = join(folder, 'tags.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { tags: [] };
}

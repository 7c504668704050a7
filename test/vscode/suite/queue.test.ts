import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { queueNodes } from '../../../extension/host/queue/queueModel';
import { experimentFrom, reaches, seen, services } from './session';

const short = {
  method: 'lora',
  'training.steps': 6,
  'checkpoints.every': 3,
  'evaluation.tasks': [],
};
const grid = { 'training.seed': [1, 2, 3] };
const command = (name: string, ...given: unknown[]) =>
  vscode.commands.executeCommand(`adapterLab.${name}`, ...given);

/** Seeds of what waits, in order. */
async function order(): Promise<string> {
  const { queue } = await services();
  await queue.refresh();
  return queue.content.waiting.map(({ run }) => run.settings.training.seed).join('');
}

async function waiting(seed: number): Promise<string> {
  const { queue } = await services();
  const view = queue.content.waiting.find(({ run }) => run.settings.training.seed === seed);
  assert.ok(view, `seed ${seed} does not wait`);
  return view.folder;
}

describe('The queue', () => {
  it('holds what waits while it is paused, in order', async () => {
    const { queue } = await services();
    await command('pauseQueue');
    assert.equal(queue.content.paused, true);
    const folder = await command('queue', await experimentFrom('queued', { ...short, grid }));
    assert.equal(folder, await waiting(1));
    assert.equal(await order(), '123');
    const view = await reaches(await waiting(1), 'queued');
    assert.equal(view.status.step, 0);
  });

  it('takes Train before all others', async () => {
    const experiment = await experimentFrom('urgent', { ...short, 'training.seed': 9 });
    await command('train', experiment);
    assert.equal(await order(), '9123');
  });

  it('is ordered by commands', async () => {
    await command('moveUp', await waiting(3));
    assert.equal(await order(), '9132');
    await command('moveDown', await waiting(9));
    assert.equal(await order(), '1932');
    await command('moveToFront', await waiting(2));
    assert.equal(await order(), '2193');
  });

  it('is ordered by drag, and takes stopped runs that are dropped on it', async () => {
    const { queue, queueTree } = await services();
    await vscode.commands.executeCommand('adapterLab.queue.focus');
    const nodes = queueTree.getChildren();
    const data = new vscode.DataTransfer();
    queueTree.handleDrag(nodes.slice(2), data);
    await queueTree.handleDrop(nodes[0], data);
    assert.equal(await order(), '9321');
    const removed = await waiting(3);
    await command('removeFromQueue', removed);
    await reaches(removed, 'stopped');
    assert.equal(await order(), '921');
    const fromRuns = new vscode.DataTransfer();
    const mime = 'application/vnd.code.tree.adapterlab.runs';
    fromRuns.set(mime, new vscode.DataTransferItem(JSON.stringify([removed])));
    await queueTree.handleDrop(undefined, fromRuns);
    await reaches(removed, 'queued');
    assert.equal(await order(), '9213');
    assert.equal(queue.content.running.length, 0);
  });

  it('shows places and what a screen reader says', async () => {
    const { queueTree } = await services();
    const [first] = queueTree.getChildren();
    assert.ok(first);
    const item = queueTree.getTreeItem(first);
    assert.equal(item.label, '1st · LoRA r16');
    assert.equal(item.accessibilityInformation?.label, '1st · LoRA r16, waits · urgent');
    assert.match(item.contextValue ?? '', /\bwaiting\b.*\bcanMoveDown\b/);
  });

  it('starts one now though it is paused', async () => {
    const folder = await waiting(2);
    await command('startNow', folder);
    await reaches(folder, 'done');
    assert.equal(await order(), '913');
  });

  it('trains what waits, one after another, when it is resumed', async () => {
    const { queue, store } = await services();
    const folders = queue.content.waiting.map(({ folder }) => folder);
    let most = 0;
    const listening = store.onDidChange(() => {
      const active = folders.filter((folder) => store.find(folder)?.status.state === 'running');
      most = Math.max(most, active.length);
    });
    await command('resumeQueue');
    for (const folder of folders) await seen(folder, ({ status }) => status.state === 'done');
    listening.dispose();
    assert.equal(most, 1);
    await queue.refresh();
    assert.deepEqual(queueNodes(queue.content), []);
  });
});

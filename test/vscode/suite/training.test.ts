import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { isActive } from '../../../extension/host/runModel';
import { experimentFrom, reaches, seen, services, tabNamed, train } from './session';

const short = {
  'training.steps': 6,
  'checkpoints.every': 3,
  'evaluation.tasks': [],
  method: 'lora',
};
const slower = { 'training.steps': 120, 'checkpoints.every': 60, 'diagnostics.profile': 3 };
const long = { ...short, 'training.steps': 100_000, 'checkpoints.every': 20 };

describe('Train', () => {
  it('starts every run of a grid and follows them live to their end', async () => {
    const { store } = await services();
    const grid = { method: ['lora', 'dora'] };
    const first = await train(await experimentFrom('grid', { ...short, ...slower, grid }));
    const views = store.views.filter(({ run }) => run.experiment === 'grid');
    assert.equal(views.length, 2);
    const steps = new Set<number>();
    const listening = store.onDidChange(() => steps.add(store.find(first)?.status.step ?? 0));
    for (const { folder } of views) {
      const view = await reaches(folder, 'done', 'failed');
      assert.equal(view.status.state, 'done', view.status.failure?.message);
      assert.ok(view.status.loss !== null && view.status.loss > 0);
    }
    listening.dispose();
    assert.ok(steps.size > 1, `saw steps ${[...steps].join(', ')} only`);
  });

  it('shows checkpoints with loss and slope under their run', async () => {
    const { store, tree } = await services();
    const group = tree.getChildren();
    assert.ok(Array.isArray(group) && group[0]?.kind === 'experiment');
    const [run] = group[0].runs;
    assert.ok(run);
    const checkpoints = await tree.getChildren(run);
    assert.equal(checkpoints.length, 2);
    const { checkpoints: views } = await store.details(run.view.folder);
    assert.deepEqual(
      views.map(({ step }) => step),
      [60, 120],
    );
    for (const { loss, slope } of views) {
      assert.ok(loss !== null && loss > 0);
      assert.ok(slope !== null && Number.isFinite(slope));
    }
    const tooltip = (await tree.resolveTreeItem(tree.getTreeItem(run), run)).tooltip;
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.match(tooltip.value, /Loss/);
  });

  it('stops after a step with a checkpoint, and resumes', async () => {
    const { tree } = await services();
    const folder = await train(await experimentFrom('stopped', long));
    await seen(folder, ({ status }) => status.state === 'running' && status.step >= 2);
    assert.equal(tree.view.badge?.value, 1);
    await vscode.commands.executeCommand('adapterLab.stop', folder);
    const stopped = await reaches(folder, 'stopped');
    assert.ok(existsSync(join(folder, 'checkpoints')));
    await vscode.commands.executeCommand('adapterLab.resume', folder);
    await seen(folder, ({ status }) => status.step > stopped.status.step);
    await vscode.commands.executeCommand('adapterLab.stop', folder);
    await reaches(folder, 'stopped');
  });

  it('takes a waiting run out of its queue', async () => {
    const { store } = await services();
    const grid = { 'training.seed': [1, 2] };
    await train(await experimentFrom('queue', { ...long, grid }));
    const folders = store.views
      .filter(({ run }) => run.experiment === 'queue')
      .map(({ folder }) => folder);
    const first = await Promise.any(folders.map((folder) => reaches(folder, 'running')));
    const waiting = folders.find((folder) => folder !== first.folder) ?? '';
    await vscode.commands.executeCommand('adapterLab.stop', waiting);
    await reaches(waiting, 'stopped');
    await vscode.commands.executeCommand('adapterLab.stop', first.folder);
    await reaches(first.folder, 'stopped');
    assert.equal(store.find(waiting)?.status.step, 0);
  });

  it('shows the log and the folder of a run', async () => {
    const { store } = await services();
    const folder = store.views.find(({ status }) => !isActive(status.state))?.folder;
    await vscode.commands.executeCommand('adapterLab.showLog', folder);
    assert.equal(
      vscode.window.activeTextEditor?.document.fileName,
      join(folder ?? '', 'trainer.log'),
    );
    await vscode.commands.executeCommand('adapterLab.revealRunFolder', folder);
    await vscode.commands.executeCommand('adapterLab.refresh');
    assert.ok(store.views.length >= 3);
  });

  it('shows where the time of profiled steps went', async () => {
    const { store } = await services();
    const run = store.views.find(({ run: { experiment } }) => experiment === 'grid');
    await vscode.commands.executeCommand('adapterLab.showProfile', run?.folder);
    await tabNamed(/profile\.md/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('shows what can compute here', async () => {
    const devices =
      await vscode.commands.executeCommand<{ kind: string; usable: boolean }[]>(
        'adapterLab.showDevices',
      );
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    assert.ok(devices.some(({ kind, usable }) => kind === 'cpu' && usable));
  });
});

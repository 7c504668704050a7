import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Node } from '../../../extension/host/treeModel';
import { runPaths } from '../../../extension/runs/runPaths';
import { groupings } from '../../../extension/host/runGroups';
import { orders } from '../../../extension/host/runOrder';
import { services } from './session';

function run(command: string, ...given: unknown[]): Thenable<unknown> {
  return vscode.commands.executeCommand(`adapterLab.${command}`, ...given);
}

async function top(): Promise<Node[]> {
  const { tree } = await services();
  return tree.getChildren();
}

/** A run that has ended. */
async function ended(): Promise<string> {
  const { store } = await services();
  const view = store.views.find(({ status }) => status.state === 'done');
  assert.ok(view, 'no run is done');
  return view.folder;
}

function titled(prefix: string, value: string): string {
  return `${prefix}${value.charAt(0).toUpperCase()}${value.slice(1)}`;
}

/** Answers the next input box or message of the window. */
async function answering<T>(
  method: 'showInputBox' | 'showQuickPick' | 'showWarningMessage',
  answer: unknown,
  action: () => Thenable<T>,
): Promise<T> {
  const original = Reflect.get(vscode.window, method) as unknown;
  Object.assign(vscode.window, { [method]: () => Promise.resolve(answer) });
  try {
    return await action();
  } finally {
    Object.assign(vscode.window, { [method]: original });
  }
}

describe('The sidebar', () => {
  it('groups runs as the menu says', async () => {
    const kinds: Record<string, string> = { experiment: 'experiment', none: 'run' };
    for (const grouping of groupings) {
      for (const suffix of ['', 'Chosen']) {
        await run(`${titled('groupBy', grouping)}${suffix}`);
        assert.equal((await top())[0]?.kind, kinds[grouping] ?? 'group', grouping);
      }
    }
  });

  it('sorts runs as the menu says, by figures of their events too', async () => {
    const { tree, store } = await services();
    await run('groupRuns', 'none');
    for (const order of orders) {
      for (const suffix of ['', 'Chosen']) await run(`${titled('sortBy', order)}${suffix}`);
      const runs = await top();
      assert.equal(runs.length, store.views.length);
      assert.equal(tree.arrangement.order, order);
    }
    await run('sortRuns', 'newest');
    await run('groupRuns', 'experiment');
  });

  it('filters, says so, and clears the filter', async () => {
    const { tree, store } = await services();
    await run('filterRuns', 'state:done');
    const done = store.views.filter(({ status }) => status.state === 'done').length;
    assert.equal(tree.counts.shown, done);
    assert.ok(done < store.views.length);
    assert.equal(tree.view.description, 'state:done');
    assert.match(tree.view.message ?? '', new RegExp(`^${String(done)} of`));
    await run('filterRuns', 'nothing-reads-like-this');
    assert.deepEqual(await top(), []);
    await run('clearFilter');
    assert.equal(tree.counts.shown, store.views.length);
    assert.equal(tree.view.message, undefined);
  });

  it('keeps star, name, notes and tags in tags.json', async () => {
    const { store } = await services();
    const folder = await ended();
    await run('starRun', folder);
    await answering('showInputBox', 'My Run', () => run('renameRun', folder));
    await answering('showInputBox', 'one\\ntwo', () => run('editNotes', folder));
    const tags = store.find(folder)?.tags;
    const unnamed = { format: 1, star: true, tags: [], notes: 'one\ntwo' };
    assert.deepEqual(tags, { ...unnamed, name: 'My Run' });
    assert.deepEqual(JSON.parse(readFileSync(runPaths(folder).tags, 'utf8')), tags);
    await run('unstarRun', folder);
    await answering('showInputBox', '', () => run('renameRun', folder));
    assert.deepEqual(store.find(folder)?.tags, { ...unnamed, star: false });
    await givenUp(run('editTags', folder));
    assert.deepEqual(store.find(folder)?.tags.tags, []);
  });

  it('remembers which runs are to be compared', async () => {
    const { tree } = await services();
    const folder = await ended();
    await run('toggleComparison', folder);
    assert.deepEqual(tree.checked, [folder]);
    await run('clearComparison');
    assert.deepEqual(tree.checked, []);
  });

  it('copies ids, and opens what is selected', async () => {
    const { tree, store } = await services();
    const folder = await ended();
    await run('copyRunId', folder);
    assert.equal(await vscode.env.clipboard.readText(), store.find(folder)?.run.id);
    await tree.reveal(folder);
    await run('openSelected');
    await run('showMoreRuns', { kind: 'more', id: 'more:', hidden: 1, group: '' });
  });
});

/** Closes the picker that a command opens, however long it takes to be there. */
async function givenUp(command: Thenable<unknown>): Promise<void> {
  const picker = { isOpen: true };
  void command.then(() => {
    picker.isOpen = false;
  });
  while (picker.isOpen) {
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

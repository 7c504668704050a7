import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ExperimentNode } from '../../../extension/host/treeModel';
import { finishedRuns, pageTabs, starter } from './session';

describe('Opening', () => {
  it('shows a run in a tab of its own, once', async () => {
    const [first, second] = await finishedRuns(2);
    for (const view of [first, first, second]) {
      await vscode.commands.executeCommand('adapterLab.openRun', view?.folder);
    }
    assert.equal((await pageTabs('run', 2)).length, 2);
  });

  it('compares runs in one tab', async () => {
    const folders = (await finishedRuns(2)).map(({ folder }) => folder);
    await vscode.commands.executeCommand('adapterLab.compare', ...folders);
    await vscode.commands.executeCommand('adapterLab.compare', ...folders);
    assert.equal((await pageTabs('compare', 1)).length, 1);
  });

  it('shows the experiment file of a group', async () => {
    const { fsPath: file } = await starter();
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    const group: ExperimentNode = { kind: 'experiment', id: file, name: 'starter', file, runs: [] };
    await vscode.commands.executeCommand('adapterLab.openExperiment', group);
    assert.equal(vscode.window.activeTextEditor?.document.fileName, file);
  });
});

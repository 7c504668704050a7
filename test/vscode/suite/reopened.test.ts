import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { reaches, seen, services } from './session';

describe('After the window was opened again', () => {
  it('the run is found, still running, and can be stopped', async () => {
    const { store, discover } = await services();
    await discover();
    const found = store.views.find(({ run }) => run.experiment === 'left');
    assert.ok(found, 'the run is not there');
    assert.equal(found.status.state, 'running', found.status.failure?.message);
    await seen(found.folder, ({ status }) => status.step > found.status.step);
    await vscode.commands.executeCommand('adapterLab.stop', found.folder);
    await reaches(found.folder, 'stopped');
  });

  it('what ended earlier is there too', async () => {
    const { store } = await services();
    const states = new Set(store.views.map(({ status }) => status.state));
    for (const state of ['done', 'stopped', 'failed'] as const) assert.ok(states.has(state), state);
  });
});

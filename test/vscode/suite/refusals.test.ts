import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { errorsDuring, experimentFrom, reaches, services, train } from './session';

const short = { 'training.steps': 6, 'evaluation.tasks': [], method: 'lora' };

describe('What cannot work', () => {
  it('is refused with the sentence of the command line, which names the line', async () => {
    const experiment = await experimentFrom('misspelt', { ...short, 'training.learningrate': 1 });
    const runs = join(experiment.fsPath, '..', 'runs');
    const before = readdirSync(runs);
    const errors = await errorsDuring(async () => {
      await vscode.commands.executeCommand('adapterLab.train', experiment);
    });
    const { programs } = await services();
    const { code, stderr } = await programs.run(['train', experiment.fsPath, '--json']);
    assert.equal(code, 2);
    // The file as the workspace knows it.
    const { fsPath } = experiment;
    const said = stderr.replace(fsPath, vscode.workspace.asRelativePath(fsPath));
    assert.notEqual(said, stderr);
    assert.equal(`adapter-lab: ${errors[0] ?? ''}\n`, said);
    assert.match(stderr, /misspelt\.experiment\.json, line \d+: .*learningRate/);
    assert.deepEqual(readdirSync(runs), before);
  });

  it('while training ends the run, which says why', async () => {
    const settings = { ...short, 'training.learningRate': 1e36, 'training.clipNorm': 0 };
    let folder = '';
    const errors = await errorsDuring(async () => {
      folder = await train(await experimentFrom('diverges', settings));
      await reaches(folder, 'failed');
    });
    const { store } = await services();
    const message = store.find(folder)?.status.failure?.message ?? '';
    assert.match(message, /loss/i);
    assert.equal(errors.length, 1);
    assert.ok(errors[0]?.includes(message));
  });
});

import assert from 'node:assert/strict';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { experimentFrom, reaches, services, train } from './session';

const names = ['listRuns', 'summarizeRun', 'readSlopes', 'readAccuracies', 'startTraining'];

async function ask(name: string, input: object): Promise<string> {
  const result = await vscode.lm.invokeTool(`adapterLab_${name}`, {
    input,
    toolInvocationToken: undefined,
  });
  const [part] = result.content;
  assert.ok(part instanceof vscode.LanguageModelTextPart);
  return part.value;
}

describe('Language model tools', () => {
  let folder = '';
  before(async () => {
    const settings = { 'training.steps': 12, 'diagnostics.every': 4, method: 'lora' };
    const experiment = await experimentFrom('asked', { ...settings, 'evaluation.limit': 4 });
    folder = await train(experiment);
    await reaches(folder, 'done');
  });

  it('are there, described as package.json has them', () => {
    const known = new Map(vscode.lm.tools.map((tool) => [tool.name, tool]));
    for (const name of names) {
      const tool = known.get(`adapterLab_${name}`);
      assert.ok(tool, name);
      assert.ok(tool.description.length > 100);
      assert.ok(tool.tags.includes('adapter-lab'));
    }
  });

  it('list the runs that a query means', async () => {
    const text = await ask('listRuns', { experiment: 'asked', state: 'done' });
    assert.ok(text.includes(basename(folder)), text);
    assert.match(text, /lora r\d+ \| done \| 12\/12/);
    assert.match(await ask('listRuns', { experiment: 'nothing' }), /No run matches/);
  });

  it('summarise a run', async () => {
    const text = await ask('summarizeRun', { runs: [basename(folder)] });
    assert.match(text, /## Training loss\nFrom [\d.]+/);
    assert.match(text, /method lora: rank \d+/);
    assert.match(text, /## Checkpoints/);
  });

  it('read slopes and say what they mean', async () => {
    const text = await ask('readSlopes', { runs: [basename(folder)] });
    assert.match(text, /learned like/);
    assert.match(text, /FT -0\.62/);
    assert.match(text, /q_proj \| 12 \|/);
  });

  it('read accuracies with n and interval', async () => {
    const text = await ask('readAccuracies', { runs: [basename(folder)] });
    assert.match(text, /\d+\.\d \[\d+\.\d, \d+\.\d\] of 4/);
  });

  it('start training once it is confirmed, with changed settings', async function () {
    const chat = vscode.workspace.getConfiguration('chat');
    // A newer VS Code asks in a dialog of its own, which it refuses to show in tests.
    if (chat.inspect('tools.autoApprove')?.defaultValue === undefined) this.skip();
    await chat.update('tools.autoApprove', true, vscode.ConfigurationTarget.Global);
    const text = await ask('startTraining', {
      experiment: 'asked',
      overrides: { 'training.steps': 3, 'evaluation.tasks': [] },
    });
    await chat.update('tools.autoApprove', undefined, vscode.ConfigurationTarget.Global);
    assert.match(text, /Started 1 of asked/);
    const { store } = await services();
    const started = store.views.find((view) => text.includes(view.folder));
    assert.ok(started, text);
    assert.equal(started.run.settings.training.steps, 3);
    await reaches(started.folder, 'done');
  });

  it('refuse what cannot be started, so that nobody confirms it', async () => {
    await assert.rejects(ask('startTraining', { experiment: 'no such experiment' }), /no such/i);
    const overrides = { 'adapter.rnak': 4 };
    await assert.rejects(ask('startTraining', { experiment: 'asked', overrides }), /rnak/);
  });
});

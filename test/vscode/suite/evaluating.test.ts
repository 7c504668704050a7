import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { evaluationsDirectory } from '../../../extension/runs/evaluations';
import { answering, experimentFrom, pageTabs, reaches, services, train } from './session';

const few = { tasks: ['facts'], limit: 4 };

describe('Evaluate', () => {
  let run: string;

  before(async () => {
    run = await train(
      await experimentFrom('evaluated', {
        'training.steps': 4,
        'checkpoints.every': 2,
        'evaluation.tasks': [],
        method: 'lora',
      }),
    );
    const { status } = await reaches(run, 'done', 'failed');
    assert.equal(status.state, 'done', status.failure?.message);
  });

  it("keeps a checkpoint's answers in its run", async () => {
    const { store } = await services();
    const { checkpoints } = await store.details(run);
    const folders = checkpoints.map(({ folder }) => folder);
    assert.equal(folders.length, 2);
    const results = await vscode.commands.executeCommand<string[]>(
      'adapterLab.evaluate',
      ...folders,
      few,
    );
    assert.deepEqual(results, [join(run, 'results', 'step-000002'), join(run, 'results')]);
    for (const folder of results) {
      const text = readFileSync(join(folder, 'facts.jsonl'), 'utf8');
      assert.equal(text.trimEnd().split('\n').length, 4);
      assert.ok(!existsSync(join(folder, 'evaluation.lock')));
    }
  });

  it('takes any model folder, and keeps its answers beside the runs', async () => {
    const model = join(dirname(dirname(run)), 'model');
    const request = { ...few, data: join(dirname(dirname(run)), 'data') };
    const results = await vscode.commands.executeCommand<string[]>(
      'adapterLab.evaluateModel',
      model,
      request,
    );
    const [folder = ''] = results;
    assert.ok(folder.startsWith(join(evaluationsDirectory(dirname(run)), 'model-')));
    const file = readFileSync(join(folder, 'evaluation.json'), 'utf8');
    assert.equal((JSON.parse(file) as { model: string }).model, model);
  });

  it('asks before it sets answers aside that cannot be mixed with new ones', async () => {
    const { store } = await services();
    const { checkpoints } = await store.details(run);
    const [first] = checkpoints;
    const file = join(run, 'results', 'step-000002', 'facts.jsonl');
    const before = readFileSync(file, 'utf8');
    const others = before.replaceAll(/"model":"\w+"/g, '"model":"another"');
    assert.notEqual(others, before);
    writeFileSync(file, others);
    const asked: string[] = [];
    const evaluate = (answer: string | undefined) =>
      answering(
        {
          showWarningMessage: (message: string) => {
            asked.push(message);
            return answer;
          },
        },
        async () => vscode.commands.executeCommand('adapterLab.evaluate', first?.folder, few),
      );
    assert.deepEqual(await evaluate(undefined), []);
    assert.equal(readFileSync(file, 'utf8'), others);
    assert.deepEqual(await evaluate('Start Anew'), [dirname(file)]);
    assert.equal(readFileSync(file, 'utf8'), before);
    assert.equal(readFileSync(`${file}.old`, 'utf8'), others);
    assert.match(asked[0] ?? '', /answers of another model/);
  });

  it('shows the tables of everything, and of chosen runs', async () => {
    await vscode.commands.executeCommand('adapterLab.openAccuracy');
    await vscode.commands.executeCommand('adapterLab.openAccuracy', run);
    assert.equal((await pageTabs('accuracy', 2)).length, 2);
  });

  it("shows the paper's figures and tables, once", async () => {
    await vscode.commands.executeCommand('adapterLab.openFigures');
    await vscode.commands.executeCommand('adapterLab.openFigures');
    assert.equal((await pageTabs('figures', 1)).length, 1);
  });
});

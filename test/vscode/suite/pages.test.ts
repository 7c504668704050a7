import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { listCheckpoints } from '../../../extension/runs/checkpoints';
import { errorsDuring, finishedRuns, pageTabs, starter } from './session';

/** Runs it, and expects no error and one page more of this kind. */
async function opens(kind: string, command: string, ...given: unknown[]): Promise<void> {
  const before = (await pageTabs(kind, 0)).length;
  const errors = await errorsDuring(async () => {
    await vscode.commands.executeCommand(`adapterLab.${command}`, ...given);
  });
  assert.deepEqual(errors, []);
  assert.equal((await pageTabs(kind, before + 1)).length, before + 1);
}

describe('Pages', () => {
  it('show slopes of a run', async () => {
    const [run] = await finishedRuns();
    await opens('slopes', 'openSlopes', run?.folder);
  });

  it('show an adapter that is measured against its base', async () => {
    const base = join((await starter()).fsPath, '..', 'model');
    const [run] = await finishedRuns();
    const [adapter] = listCheckpoints(run?.folder ?? '');
    assert.ok(adapter);
    await opens('slopes', 'diagnose', base, adapter.folder);
  });

  it('tell why a folder cannot be measured', async () => {
    const base = join((await starter()).fsPath, '..', 'model');
    const errors = await errorsDuring(async () => {
      await vscode.commands.executeCommand('adapterLab.diagnose', base, join(base, '..', 'data'));
    });
    assert.equal(errors.length, 1);
    assert.match(errors[0] ?? '', /data/);
  });
});

describe('Estimate Memory', () => {
  it('tells each run of an experiment, and the machine', async () => {
    const text = await vscode.commands.executeCommand<string>(
      'adapterLab.estimateMemory',
      await starter(),
    );
    for (const method of ['full', 'lora', 'dora']) assert.match(text, new RegExp(method, 'i'));
  });
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { listCheckpoints } from '../../../extension/runs/checkpoints';
import { answering, errorsDuring, finishedRuns, pageTabs, starter } from './session';

async function runs(command: string, ...given: unknown[]): Promise<void> {
  const errors = await errorsDuring(async () => {
    await vscode.commands.executeCommand(`adapterLab.${command}`, ...given);
  });
  assert.deepEqual(errors, []);
}

describe('Playground', () => {
  it('is one page, whatever it is opened on', async () => {
    const [run] = await finishedRuns();
    const model = join((await starter()).fsPath, '..', 'model');
    const [checkpoint] = listCheckpoints(run?.folder ?? '');
    assert.ok(checkpoint);
    await runs('openPlayground');
    await runs('tryInPlayground', run?.folder);
    await runs('tryInPlayground', checkpoint.folder, { prompt: 'is a fox alive?' });
    await runs('tryInPlayground', vscode.Uri.file(model));
    assert.equal((await pageTabs('playground', 1)).length, 1);
  });

  it('says so where there is nothing to try', async () => {
    const told: string[] = [];
    const showInformationMessage = (text: string): undefined => void told.push(text);
    await answering({ showInformationMessage }, async () => {
      await vscode.commands.executeCommand('adapterLab.tryInPlayground', { kind: 'more' });
    });
    assert.equal(told.length, 1);
  });
});

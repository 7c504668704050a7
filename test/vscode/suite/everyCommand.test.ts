import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extensionId, services } from './session';

interface Manifest {
  contributes: { commands: { command: string }[] };
}

describe('After all suites of this window', () => {
  it('every command of package.json was executed', async () => {
    const { executed } = await services();
    const { contributes } = vscode.extensions.getExtension(extensionId)?.packageJSON as Manifest;
    const missing = contributes.commands
      .map(({ command }) => command)
      .filter((command) => !executed.has(command));
    assert.deepEqual(missing, []);
  });
});

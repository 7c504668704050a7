import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { executedCommands } from './executedCommands';
import { extensionId } from './session';

interface Manifest {
  contributes: { commands: { command: string }[] };
}

describe('After all suites of this window', () => {
  it('every command of package.json was executed', () => {
    const { contributes } = vscode.extensions.getExtension(extensionId)?.packageJSON as Manifest;
    const missing = contributes.commands
      .map(({ command }) => command)
      .filter((command) => !executedCommands.has(command));
    assert.deepEqual(missing, []);
  });
});

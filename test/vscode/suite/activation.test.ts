import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extensionId } from './session';

interface Manifest {
  contributes: { commands: { command: string; category: string }[] };
}

describe('activation', () => {
  it('is quick', async () => {
    const extension = vscode.extensions.getExtension(extensionId);
    assert.ok(extension);
    const start = performance.now();
    await extension.activate();
    console.log(
      `      activated in ${(performance.now() - start).toFixed(1)} ms, loading included`,
    );
    assert.equal(extension.isActive, true);
  });

  it('registers every command of package.json, all in one category', async () => {
    const { contributes } = vscode.extensions.getExtension(extensionId)?.packageJSON as Manifest;
    const registered = new Set(await vscode.commands.getCommands(true));
    for (const { command, category } of contributes.commands) {
      assert.ok(registered.has(command), `${command} is not registered`);
      assert.equal(category, 'Adapter Lab');
    }
  });

  it('gives experiment files the language and a schema', async () => {
    const document = await vscode.workspace.openTextDocument(
      vscode.Uri.parse('untitled:some.experiment.json'),
    );
    assert.equal(document.languageId, 'jsonc');
  });
});

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { starter, workspaceFolder } from './session';

describe('Create Starter Experiment', () => {
  it('copies the starter into the workspace and opens its experiment file', async () => {
    const file = await starter();
    assert.ok(file.fsPath.startsWith(workspaceFolder()));
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, file.fsPath);
    assert.equal(vscode.window.activeTextEditor.document.languageId, 'jsonc');
  });

  it('never overwrites one that is there', async () => {
    const file = await starter();
    const changed = `// mine\n${readFileSync(file.fsPath, 'utf8')}`;
    writeFileSync(file.fsPath, changed);
    assert.equal((await starter()).fsPath, file.fsPath);
    assert.equal(readFileSync(file.fsPath, 'utf8'), changed);
  });

  it('is a file that the schema accepts', async () => {
    const file = await starter();
    const problems = vscode.languages.getDiagnostics(file);
    assert.deepEqual(problems, []);
  });
});

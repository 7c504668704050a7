import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extensionId, services, tabNamed } from './session';

interface Manifest {
  contributes: { walkthroughs: { id: string; steps: { completionEvents: string[] }[] }[] };
}

describe('The walkthrough', () => {
  it('opens', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('adapterLab.openWalkthrough');
    // A newer VS Code names the tab by what kind of page it is.
    await tabNamed(/Adapter Lab|Walkthrough|Welcome/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('has steps that end with commands of the extension', async () => {
    const extension = vscode.extensions.getExtension(extensionId);
    const { contributes } = extension?.packageJSON as Manifest;
    await services();
    const registered = new Set(await vscode.commands.getCommands(true));
    const events = contributes.walkthroughs.flatMap(({ steps }) =>
      steps.flatMap(({ completionEvents }) => completionEvents),
    );
    const commands = events.filter((event) => event.startsWith('onCommand:'));
    assert.ok(commands.length > 0);
    for (const event of commands)
      assert.ok(registered.has(event.slice('onCommand:'.length)), event);
  });
});

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extensionId, services } from './session';

interface Manifest {
  contributes: { walkthroughs: { id: string; steps: { completionEvents: string[] }[] }[] };
}

describe('The walkthrough', () => {
  it('opens', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('adapterLab.openWalkthrough');
    const labels = () =>
      vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
    for (let attempt = 0; attempt < 50 && labels().length === 0; attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.match(labels().join(), /Walkthrough|Welcome/);
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

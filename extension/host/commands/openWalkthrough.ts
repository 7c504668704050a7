// Open Walkthrough: the five steps from nothing to a first finished run.
import * as vscode from 'vscode';
import type { Services } from '../services';

/** Of package.json. */
const walkthrough = 'start';

export async function openWalkthrough({ context }: Services): Promise<void> {
  const id = `${context.extension.id}#${walkthrough}`;
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', id, false);
}

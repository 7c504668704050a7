// Reveal Experiment: shows an experiment file among the files of the workspace.
import * as vscode from 'vscode';
import type { Services } from '../services';
import { pickExperiments } from './train';

export async function revealExperiment(_: Services, ...given: unknown[]): Promise<void> {
  const [first] = await pickExperiments(given);
  if (first !== undefined) await vscode.commands.executeCommand('revealInExplorer', first);
}

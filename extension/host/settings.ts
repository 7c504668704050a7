// The extension's settings as the host uses them.
import { dirname, isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';

const section = 'adapterLab';

/** Where an experiment's runs are kept; the CLI's default is `runs` beside the file as well. */
export function runsDirectoryOf(experiment: vscode.Uri): string {
  const configured = vscode.workspace
    .getConfiguration(section, experiment)
    .get<string>('runsDirectory', '')
    .trim();
  const beside = dirname(experiment.fsPath);
  if (configured === '') return join(beside, 'runs');
  if (isAbsolute(configured)) return configured;
  const folder = vscode.workspace.getWorkspaceFolder(experiment);
  return join(folder?.uri.fsPath ?? beside, configured);
}

/** Settings of the experiment that the user's own settings decide, dotted name to value. */
export function overridesOf(experiment: vscode.Uri): Record<string, string> {
  const settings = vscode.workspace.getConfiguration(section, experiment);
  const device = settings.get<string>('device', 'auto');
  const threads = settings.get<number>('threads', 0);
  return {
    ...(device !== 'auto' && { device }),
    ...(threads > 0 && { threads: String(threads) }),
  };
}

/** Runs that the queue of this machine trains at a time. */
export function parallelRuns(): number {
  const count = vscode.workspace.getConfiguration(section).get<number>('parallelRuns', 1);
  return Math.max(1, Math.floor(count));
}

export function affectsParallelRuns(change: vscode.ConfigurationChangeEvent): boolean {
  return change.affectsConfiguration(`${section}.parallelRuns`);
}

/** Processor threads of what is no run; 0: all. */
export function threadsWanted(): number {
  return vscode.workspace.getConfiguration(section).get<number>('threads', 0);
}

export function affectsRuns(change: vscode.ConfigurationChangeEvent): boolean {
  return change.affectsConfiguration(`${section}.runsDirectory`);
}

export type WantedNotices = 'all' | 'failures' | 'none';

export function noticesWanted(): WantedNotices {
  return vscode.workspace.getConfiguration(section).get<WantedNotices>('notifications', 'all');
}

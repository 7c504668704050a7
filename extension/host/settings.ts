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
export function overridesOf(experiment?: vscode.Uri): Record<string, string> {
  const settings = vscode.workspace.getConfiguration(section, experiment);
  const usual = { device: 'auto', gpu: -1, threads: 0 };
  const wanted = Object.entries(usual).map(([name, value]) => [name, settings.get(name, value)]);
  return Object.fromEntries(
    wanted
      .filter(([name, value]) => value !== usual[name as keyof typeof usual])
      .map(([name, value]) => [name, String(value)]),
  ) as Record<string, string>;
}

/** Runs that the queue of this machine trains at a time. */
export function parallelRuns(): number {
  const count = vscode.workspace.getConfiguration(section).get<number>('parallelRuns', 1);
  return Math.max(1, Math.floor(count));
}

export function affectsParallelRuns(change: vscode.ConfigurationChangeEvent): boolean {
  return change.affectsConfiguration(`${section}.parallelRuns`);
}

const cublasLtVariable = 'ADAPTER_LAB_CUBLASLT';

/** Every process that is started from here finds the library that the setting names, by its environment: experiments, which go
 *  from machine to machine, name none. */
export function handOnCublasLt(): vscode.Disposable {
  const inherited = process.env[cublasLtVariable] ?? '';
  const handOn = (): void => {
    const named = vscode.workspace.getConfiguration(section).get<string>('cublasLt', '').trim();
    process.env[cublasLtVariable] = named || inherited;
  };
  handOn();
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(`${section}.cublasLt`)) handOn();
  });
}

/** For commands that are no run: what they compute on, as the command line takes it. */
export function machineParameters(): string[] {
  return Object.entries(overridesOf()).flatMap(([name, value]) => [`--${name}`, value]);
}

export function affectsRuns(change: vscode.ConfigurationChangeEvent): boolean {
  return change.affectsConfiguration(`${section}.runsDirectory`);
}

export type WantedNotices = 'all' | 'failures' | 'none';

export function noticesWanted(): WantedNotices {
  return vscode.workspace.getConfiguration(section).get<WantedNotices>('notifications', 'all');
}

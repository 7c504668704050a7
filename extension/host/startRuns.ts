// Hands an experiment file to the command line: to check all that it asks for, or to let its runs wait for
// the device.
import * as vscode from 'vscode';
import type { CountedValues } from '../shared/trainableShare';
import { refusalOf, type Refusal } from './refusal';
import type { Services } from './services';
import { overridesOf, runsDirectoryOf } from './settings';

/** Dotted setting to value, over the file's own. */
export type SettingChanges = Readonly<Record<string, unknown>>;

/** Where runs wait for the device: before all others, so that they start once it is free, or behind them. */
export type QueuePlace = 'front' | 'end';

/** Folders of the runs, which wait in this machine's queue; or why there are none. */
export async function startRuns(
  services: Services,
  experiment: vscode.Uri,
  changes: SettingChanges = {},
  place: QueuePlace = 'front',
): Promise<string[] | Refusal> {
  const runs = ['--runs', runsDirectoryOf(experiment)];
  const queue = ['--queue', services.queue.directory, ...(place === 'front' ? ['--front'] : [])];
  const parameters = [...trainParameters(experiment, changes), ...runs, ...queue];
  const told = await runCommandLine(services, parameters);
  if ('message' in told) return told;
  const { runs: started } = JSON.parse(told.stdout) as { runs: { folder: string }[] };
  const folders = started.map(({ folder }) => folder);
  await services.store.read(folders);
  await services.queue.open();
  return folders.length > 0 ? folders : refusalOf('', told.stderr);
}

export interface CheckedRun extends CountedValues {
  method: string;
  /** What the grid varies. */
  varied: Record<string, unknown>;
  steps: number;
}

/** Settings, model and data are looked at; nothing is created. */
export async function checkRuns(
  services: Services,
  experiment: vscode.Uri,
  changes: SettingChanges = {},
): Promise<CheckedRun[] | Refusal> {
  const parameters = [...trainParameters(experiment, changes), '--check'];
  const told = await runCommandLine(services, parameters);
  if ('message' in told) return told;
  return (JSON.parse(told.stdout) as { checked: CheckedRun[] }).checked;
}

function trainParameters(experiment: vscode.Uri, changes: SettingChanges): string[] {
  const overrides = [
    ...Object.entries(overridesOf(experiment)).map(([setting, value]) => `${setting}=${value}`),
    ...Object.entries(changes).map(([setting, value]) => `${setting}=${JSON.stringify(value)}`),
  ];
  return ['train', experiment.fsPath, ...overrides.flatMap((override) => ['--set', override])];
}

async function runCommandLine(
  { programs, output }: Services,
  parameters: string[],
): Promise<Refusal | { stdout: string; stderr: string }> {
  output.info(parameters.join(' '));
  const { code, stdout, stderr } = await programs.run([...parameters, '--json']);
  if (stderr !== '') output.info(stderr.trimEnd());
  return code === 0 ? { stdout, stderr } : refusalOf(stdout, stderr);
}

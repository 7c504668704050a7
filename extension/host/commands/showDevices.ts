// Show Devices: asks the command line, in a process of its own, what can compute here and what cannot and why.
import * as vscode from 'vscode';
import { refusalOf } from '../refusal';
import type { Services } from '../services';

const { l10n } = vscode;

interface Device {
  kind: string;
  name: string;
  usable: boolean;
  reason: string;
  number?: number;
}

export async function showDevices({ programs, output }: Services): Promise<Device[]> {
  const result = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: l10n.t('Looking for devices') },
    () => programs.run(['devices', '--json']),
  );
  output.info(`devices\n${result.stdout}${result.stderr}`);
  if (result.code !== 0) throw new Error(refusalOf(result.stdout, result.stderr).message);
  const { devices } = JSON.parse(result.stdout) as { devices: Device[] };
  void pick(devices, output);
  return devices;
}

async function pick(devices: Device[], output: vscode.LogOutputChannel): Promise<void> {
  const items = devices.map(({ kind, number, name, usable, reason }) => ({
    label: name,
    description: number === undefined ? kind : `${kind} ${number}`,
    detail: usable ? reason : l10n.t('Cannot be used: {0}', reason),
    iconPath: new vscode.ThemeIcon(
      usable ? 'pass' : 'circle-slash',
      usable ? new vscode.ThemeColor('charts.green') : undefined,
    ),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: l10n.t('Devices Adapter Lab Can Train On'),
    placeHolder: l10n.t('An experiment chooses with "device" and "gpu"'),
    matchOnDetail: true,
  });
  if (picked !== undefined) output.show();
}

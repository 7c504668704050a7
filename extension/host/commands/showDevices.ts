// Show Devices: asks the command line, in a process of its own, what can compute here and what cannot and why.
import * as vscode from 'vscode';
import { deviceRow, deviceText, type Device } from '../deviceText';
import { refusalOf } from '../refusal';
import type { Services } from '../services';

const { l10n } = vscode;

export async function showDevices({ programs, output }: Services): Promise<Device[]> {
  const result = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: l10n.t('Looking for devices') },
    () => programs.run(['devices', '--json']),
  );
  output.info(`devices\n${result.stdout}${result.stderr}`);
  if (result.code !== 0) throw new Error(refusalOf(result.stdout, result.stderr).message);
  const { devices } = JSON.parse(result.stdout) as { devices: Device[] };
  void pick(devices);
  return devices;
}

async function pick(devices: Device[]): Promise<void> {
  const items = devices.map((device) => ({
    ...deviceRow(device, l10n.t),
    device,
    iconPath: new vscode.ThemeIcon(
      device.usable ? 'pass' : 'circle-slash',
      device.usable ? new vscode.ThemeColor('charts.green') : undefined,
    ),
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: l10n.t('Devices Adapter Lab Can Train On'),
    placeHolder: l10n.t('Choose one to read more; an experiment chooses with "device" and "gpu"'),
    matchOnDetail: true,
  });
  if (picked !== undefined) await tell(picked.device);
}

async function tell(device: Device): Promise<void> {
  const text = deviceText(device, l10n.t);
  const copy = l10n.t('Copy');
  const { showInformationMessage, showWarningMessage } = vscode.window;
  const show = device.usable ? showInformationMessage : showWarningMessage;
  // In a notification, links are as in Markdown.
  const chosen = await show(text.replace(/https:\/\/\S+/g, '[$&]($&)'), copy);
  if (chosen === copy) await vscode.env.clipboard.writeText(text);
}

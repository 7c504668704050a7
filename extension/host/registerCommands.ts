// Every command of package.json, with one way to tell that one failed.
import * as vscode from 'vscode';
import { createStarter } from './commands/createStarter';
import { resume, stop } from './commands/control';
import { openExperiment, revealRunFolder, showLog } from './commands/openRun';
import { showDevices } from './commands/showDevices';
import { train } from './commands/train';
import type { Services } from './services';

type Handler = (services: Services, ...given: unknown[]) => Promise<unknown>;

const handlers: Record<string, Handler> = {
  createStarter,
  train,
  stop,
  resume,
  showDevices,
  showLog,
  revealRunFolder,
  openExperiment,
  refresh: async ({ discover, store }) => {
    await discover();
    await store.refresh();
  },
};

export function registerCommands(services: Services): vscode.Disposable {
  const registered = Object.entries(handlers).map(([name, handler]) =>
    vscode.commands.registerCommand(`adapterLab.${name}`, (...given: unknown[]) =>
      handler(services, ...given).catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        services.output.error(error instanceof Error ? (error.stack ?? message) : message);
        void showFailure(services, message);
      }),
    ),
  );
  return vscode.Disposable.from(...registered);
}

async function showFailure({ output }: Services, message: string): Promise<void> {
  const show = vscode.l10n.t('Show Output');
  if ((await vscode.window.showErrorMessage(message, show)) === show) output.show();
}

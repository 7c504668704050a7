// Stop and Resume. A trainer reads what is asked of it in its run folder; one that is gone is started anew.
import * as vscode from 'vscode';
import { LocalLauncher } from '../../launch/localLauncher';
import { readStatus, writeStatus } from '../../runs/status';
import { pickRuns } from '../pickRuns';
import { runContext, runLabel, type RunView } from '../runModel';
import type { Services } from '../services';

const { l10n } = vscode;

/** After this step, with a checkpoint; asked a second time: at once. */
export async function stop(services: Services, ...given: unknown[]): Promise<void> {
  const views = await pickRuns(services, given, {
    placeholder: l10n.t('Run to stop'),
    none: l10n.t('Nothing is running.'),
    accepts: (view) => may(view, 'canStop'),
  });
  const launcher = new LocalLauncher({ trainerFile: services.programs.trainer });
  for (const view of views) {
    if (view.status.state === 'stopping') {
      if (await confirmCancel(view)) await launcher.cancel(view.folder);
      continue;
    }
    await launcher.stop(view.folder);
    leaveQueue(view.folder);
  }
}

export async function resume(services: Services, ...given: unknown[]): Promise<void> {
  if (!vscode.workspace.isTrusted) throw new Error(l10n.t('Training needs a trusted workspace.'));
  const views = await pickRuns(services, given, {
    placeholder: l10n.t('Run to resume'),
    none: l10n.t('No run can be resumed: none has stopped or failed.'),
    accepts: (view) => may(view, 'canResume'),
  });
  const launcher = new LocalLauncher({ trainerFile: services.programs.trainer });
  for (const view of views) await launcher.start(view.folder);
}

/** A waiting run has no trainer to ask: its queue passes over it, and says so only when its turn comes. */
function leaveQueue(folder: string): void {
  const status = readStatus(folder);
  if (status?.state !== 'queued') return;
  writeStatus(folder, { ...status, state: 'stopped', heartbeat: new Date().toISOString() });
}

function may({ status }: RunView, word: 'canStop' | 'canResume'): boolean {
  return runContext(status.state).split(' ').includes(word);
}

async function confirmCancel({ run }: RunView): Promise<boolean> {
  const end = l10n.t('End Now');
  const message = l10n.t('{0} is finishing its step and saving a checkpoint.', runLabel(run));
  const detail = l10n.t('Ending it now loses the steps since its last checkpoint.');
  const options = { modal: true, detail };
  return (await vscode.window.showWarningMessage(message, options, end)) === end;
}

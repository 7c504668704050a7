// Stop and Resume. A trainer reads what is asked of it in its run folder; a run whose trainer is gone waits for
// a new one, before all others.
import * as vscode from 'vscode';
import { LocalLauncher } from '../../launch/localLauncher';
import { toFront } from '../../launch/queueOrder';
import { readStatus, writeStatus } from '../../runs/status';
import { pickRuns } from '../pickRuns';
import { runContext, runLabel, type RunView } from '../runModel';
import type { Services } from '../services';
import { refuseUntrusted } from '../trust';

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
    if (view.status.state === 'queued') await services.queue.leave([view.folder]);
    await launcher.stop(view.folder);
    leaveShellQueue(view.folder);
  }
}

export async function resume(services: Services, ...given: unknown[]): Promise<void> {
  refuseUntrusted();
  const views = await pickRuns(services, given, {
    placeholder: l10n.t('Run to resume'),
    none: l10n.t('No run can be resumed: none has stopped or failed.'),
    accepts: (view) => may(view, 'canResume'),
  });
  const folders = views.map(({ folder }) => folder);
  if (folders.length > 0) await services.queue.join(folders, toFront);
}

/** The queue of a shell's `train --detach` is a process's own: it passes over what no longer waits. */
function leaveShellQueue(folder: string): void {
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

// Export Adapter and Merge into Base Model: a checkpoint as others load it, in a folder that the user names.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import * as vscode from 'vscode';
import { exportCheckpoint } from '../../runs/exportCheckpoint';
import { pickCheckpoint, type PickedCheckpoint } from '../pickRuns';
import { refusalOf } from '../refusal';
import { revealFolder } from '../revealFolder';
import { runLabel, type RunView } from '../runModel';
import type { Services } from '../services';
import { refuseUntrusted } from '../trust';

const { l10n } = vscode;
const messageMs = 8000;

/** Folder of the copy; undefined if there is none. */
export async function exportAdapter(
  services: Services,
  ...given: unknown[]
): Promise<string | undefined> {
  const { named, rest } = withoutTarget(given);
  const picked = await pickCheckpoint(services, rest, {
    placeholder: l10n.t('Run to export'),
    none: l10n.t('No run has a checkpoint yet.'),
    accepts: ({ status }) => status.step > 0,
  });
  if (picked === undefined) return undefined;
  const out = named ?? (await askForFolder(picked, l10n.t('Export To'), ''));
  if (out === undefined) return undefined;
  const title = l10n.t(
    'Exporting {0}, step {1}',
    runLabel(picked.view.run),
    picked.checkpoint.step,
  );
  const isDone = await cancellable(title, async (signal, report) => {
    await exportCheckpoint(picked.checkpoint.folder, out, {
      signal,
      onProgress: ({ bytes, ofBytes }) => {
        report(ofBytes === 0 ? 1 : bytes / ofBytes);
      },
    });
  });
  return isDone ? done(out, l10n.t('Exported to {0}', out)) : undefined;
}

/** Folder of the merged model; undefined if there is none. */
export async function mergeAdapter(
  services: Services,
  ...given: unknown[]
): Promise<string | undefined> {
  refuseUntrusted();
  const { named, rest } = withoutTarget(given);
  const picked = await pickCheckpoint(services, rest, {
    placeholder: l10n.t('Run whose adapter to merge'),
    none: l10n.t('No run with an adapter has a checkpoint yet.'),
    accepts: ({ status, run }) => status.step > 0 && run.settings.method !== 'full',
  });
  if (picked === undefined) return undefined;
  const out = named ?? (await askForFolder(picked, l10n.t('Merge To'), '-merged'));
  if (out === undefined) return undefined;
  const title = l10n.t('Merging {0}, step {1}', runLabel(picked.view.run), picked.checkpoint.step);
  const isDone = await cancellable(title, async (signal) => {
    const parameters = ['merge', baseOf(picked.view), picked.checkpoint.folder, out, '--json'];
    services.output.info(parameters.join(' '));
    const { code, stdout, stderr } = await services.programs.run(parameters, { signal });
    if (code !== 0) throw new Error(refusalOf(stdout, stderr).message);
  });
  return isDone ? done(out, l10n.t('Merged into {0}', out)) : undefined;
}

/** A target folder may be given as `{ out }`, by scripts that do not want to be asked. */
function withoutTarget(given: readonly unknown[]): { named: string | undefined; rest: unknown[] } {
  const target = given.find(
    (one): one is { out: string } => typeof one === 'object' && one !== null && 'out' in one,
  );
  return { named: target?.out, rest: given.filter((one) => one !== target) };
}

/** One that does not exist yet: its name is proposed beside the experiment. */
async function askForFolder(
  { view, checkpoint }: PickedCheckpoint,
  label: string,
  suffix: string,
): Promise<string | undefined> {
  const { run } = view;
  const { method, adapter } = run.settings;
  const rank = method === 'full' ? '' : `-r${adapter.rank}`;
  const name = `${run.experiment}-${method}${rank}-step-${checkpoint.step}${suffix}`;
  const beside = dirname(run.experimentFile);
  const workspace = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
  const parent = existsSync(beside) ? beside : workspace;
  const chosen = await vscode.window.showSaveDialog({
    title: l10n.t('New Folder'),
    saveLabel: label,
    defaultUri: vscode.Uri.file(join(parent, name.replace(/[\\/:*?"<>|]+/g, '-'))),
  });
  return chosen?.fsPath;
}

/** Where the run had it; the adapter's own configuration knows no better. */
function baseOf({ run }: RunView): string {
  return resolve(dirname(run.experimentFile), run.settings.model);
}

/** False if the user cancelled. `report`: the share that is done. */
async function cancellable(
  title: string,
  work: (signal: AbortSignal, report: (share: number) => void) => Promise<void>,
): Promise<boolean> {
  const controller = new AbortController();
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    token.onCancellationRequested(() => {
      controller.abort();
    });
    let shown = 0;
    const report = (share: number): void => {
      const percent = Math.floor(share * 100);
      if (percent <= shown) return;
      progress.report({ increment: percent - shown, message: `${percent} %` });
      shown = percent;
    };
    try {
      await work(controller.signal, report);
      return true;
    } catch (error) {
      if (controller.signal.aborted) return false;
      throw error;
    }
  });
}

async function done(out: string, text: string): Promise<string> {
  vscode.window.setStatusBarMessage(text, messageMs);
  await revealFolder(out);
  return out;
}

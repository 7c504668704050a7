// Export Adapter and Merge into Base Model: a checkpoint as others load it, in a folder that the user names.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import * as vscode from 'vscode';
import { exportCheckpoint } from '../../runs/exportCheckpoint';
import { cancellableWork } from '../cancellableWork';
import { mergeModel } from '../mergeModel';
import { askForNewFolder, tellFolder } from '../newFolder';
import { pickCheckpoint, type PickedCheckpoint } from '../pickRuns';
import { runLabel, type RunView } from '../runModel';
import type { Services } from '../services';
import { refuseUntrusted } from '../trust';

const { l10n } = vscode;

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
  const out = named ?? (await askForNewFolder(proposedFolder(picked, ''), l10n.t('Export Here')));
  if (out === undefined) return undefined;
  const title = l10n.t(
    'Exporting {0}, step {1}',
    runLabel(picked.view.run),
    picked.checkpoint.step,
  );
  const isDone = await cancellableWork(title, async ({ signal, report }) => {
    await exportCheckpoint(picked.checkpoint.folder, out, {
      signal,
      onProgress: ({ bytes, ofBytes }) => {
        const share = ofBytes === 0 ? 1 : bytes / ofBytes;
        report(share, `${Math.floor(share * 100)} %`);
      },
    });
    return true;
  });
  if (isDone === undefined) return undefined;
  await tellFolder(out, l10n.t('Exported to {0}', out));
  return out;
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
  const out =
    named ?? (await askForNewFolder(proposedFolder(picked, '-merged'), l10n.t('Merge Here')));
  if (out === undefined) return undefined;
  const { view, checkpoint } = picked;
  const title = l10n.t('Merging {0}, step {1}', runLabel(view.run), checkpoint.step);
  const adapter = checkpoint.folder;
  return mergeModel(services, { base: baseOf(view), adapter, target: out, title });
}

/** A target folder may be given as `{ out }`, by scripts that do not want to be asked. */
function withoutTarget(given: readonly unknown[]): { named: string | undefined; rest: unknown[] } {
  const target = given.find(
    (one): one is { out: string } => typeof one === 'object' && one !== null && 'out' in one,
  );
  return { named: target?.out, rest: given.filter((one) => one !== target) };
}

/** Beside the experiment, by the name of what is in it. */
function proposedFolder({ view, checkpoint }: PickedCheckpoint, suffix: string): string {
  const { run } = view;
  const { method, adapter } = run.settings;
  const rank = method === 'full' ? '' : `-r${adapter.rank}`;
  const name = `${run.experiment}-${method}${rank}-step-${checkpoint.step}${suffix}`;
  const beside = dirname(run.experimentFile);
  const workspace = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
  const parent = existsSync(beside) ? beside : workspace;
  return join(parent, name.replace(/[\\/:*?"<>|]+/g, '-'));
}

/** Where the run had it; the adapter's own configuration knows no better. */
function baseOf({ run }: RunView): string {
  return resolve(dirname(run.experimentFile), run.settings.model);
}

// Export and Merge into Base Model: a checkpoint as others load it, where the user wants it.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import * as vscode from 'vscode';
import { hasMagnitudes } from '../../shared/methods';
import { exportAs, targetAmong } from '../exchange/exportAs';
import { mergeModel } from '../mergeModel';
import type { ModelNode } from '../models/modelModel';
import { askForNewFolder } from '../newFolder';
import { pickCheckpoint, type PickedCheckpoint } from '../pickRuns';
import { runLabel, type RunView } from '../runModel';
import type { Services } from '../services';
import { refuseUntrusted } from '../trust';
import { pickModels } from './models';

const { l10n } = vscode;

/** Folder or file of what was exported; undefined if there is none. */
export async function exportAdapter(
  services: Services,
  ...given: unknown[]
): Promise<string | undefined> {
  const { target, rest } = targetAmong(given);
  const picked = await pickCheckpoint(services, rest, {
    placeholder: l10n.t('Run to export'),
    none: l10n.t('No run has a checkpoint yet.'),
    accepts: ({ status }) => status.step > 0,
  });
  if (picked === undefined) return undefined;
  const { view, checkpoint } = picked;
  const isAdapter = view.run.settings.method !== 'full';
  return exportAs(services, {
    ...{ folder: checkpoint.folder, target, isAdapter },
    base: isAdapter ? baseOf(view) : undefined,
    hasMagnitudes: hasMagnitudes(view.run.settings.method),
    proposed: proposedFolder(picked, ''),
    title: l10n.t('Exporting {0}, step {1}', runLabel(view.run), checkpoint.step),
  });
}

/** The same for a model or an adapter of the sidebar. */
export async function exportModel(
  services: Services,
  ...given: unknown[]
): Promise<string | undefined> {
  const { target, rest } = targetAmong(given);
  const isExportable = ({ entry, base }: ModelNode): boolean =>
    entry.problem === undefined && (entry.kind === 'model' || base !== undefined);
  const placeholder = l10n.t('Model or adapter to export');
  const [node] = await pickModels(services.models, rest, placeholder, isExportable);
  if (node === undefined) return undefined;
  return exportAs(services, {
    ...{ folder: node.folder, base: node.base, target },
    isAdapter: node.entry.kind === 'adapter',
    hasMagnitudes: hasMagnitudes(node.entry.method ?? ''),
    proposed: `${node.folder}-exported`,
    title: l10n.t('Exporting {0}', node.path),
  });
}

/** Folder of the merged model; undefined if there is none. */
export async function mergeAdapter(
  services: Services,
  ...given: unknown[]
): Promise<string | undefined> {
  refuseUntrusted();
  const { target, rest } = targetAmong(given);
  const picked = await pickCheckpoint(services, rest, {
    placeholder: l10n.t('Run whose adapter to merge'),
    none: l10n.t('No run with an adapter has a checkpoint yet.'),
    accepts: ({ status, run }) => status.step > 0 && run.settings.method !== 'full',
  });
  if (picked === undefined) return undefined;
  const out =
    target?.out ?? (await askForNewFolder(proposedFolder(picked, '-merged'), l10n.t('Merge Here')));
  if (out === undefined) return undefined;
  const { view, checkpoint } = picked;
  const title = l10n.t('Merging {0}, step {1}', runLabel(view.run), checkpoint.step);
  const adapter = checkpoint.folder;
  return mergeModel(services, { base: baseOf(view), adapter, target: out, title });
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

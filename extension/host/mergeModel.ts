// Folds an adapter into its base by the command line, and shows the model that came of it.
import * as vscode from 'vscode';
import { runExchange } from './exchange/runExchange';
import { tellFolder } from './newFolder';
import type { Services } from './services';

export interface Merge {
  base: string;
  adapter: string;
  /** A folder that is not there yet. */
  target: string;
  /** Of the progress. */
  title: string;
}

/** The target; undefined if the user cancelled. What the command line refuses is thrown, with its sentence. */
export async function mergeModel(
  services: Services,
  { base, adapter, target, title }: Merge,
): Promise<string | undefined> {
  const { models } = services;
  if (!(await runExchange(services, title, ['merge', base, adapter, target]))) return undefined;
  // Elsewhere than in the workspace nobody would find it.
  const isInside = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(target)) !== undefined;
  if (!isInside) await models.added.add([target]);
  models.refresh();
  await tellFolder(target, vscode.l10n.t('Merged into {0}', target));
  return target;
}

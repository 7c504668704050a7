// Import Adapter: one that was made elsewhere, checked against its base and copied into the workspace, where the sidebar
// has it for evaluation, diagnosis, the playground, merging and further training.
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { baseOf } from '../evaluation/pickModel';
import { freeFolder } from '../exchange/freeFolder';
import { runExchange } from '../exchange/runExchange';
import type { Services } from '../services';
import { refuseUntrusted } from '../trust';

const { l10n } = vscode;

/** `given`: the adapter's folder; asked for otherwise. `givenBase`: of its model. The new folder; undefined if there is none. */
export async function importAdapter(
  services: Services,
  given?: unknown,
  givenBase?: unknown,
): Promise<string | undefined> {
  refuseUntrusted();
  const adapter = given instanceof vscode.Uri ? given.fsPath : await askForAdapter();
  if (adapter === undefined) return undefined;
  const base =
    givenBase instanceof vscode.Uri
      ? givenBase.fsPath
      : await baseOf(adapter, await bases(services));
  if (base === undefined) return undefined;
  const root = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const out = freeFolder(join(root ?? homedir(), 'adapters'), basename(adapter));
  const title = l10n.t('Importing {0}', basename(adapter));
  const parameters = ['import', adapter, out, '--base', base];
  if (!(await runExchange(services, title, parameters))) return undefined;
  const { models } = services;
  // Elsewhere than in the workspace nobody would find them.
  const outside = [out, base].filter(
    (folder) => vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder)) === undefined,
  );
  if (outside.length > 0) await models.added.add(outside);
  models.refresh();
  await vscode.commands.executeCommand('adapterLab.models.focus');
  const node = (await models.all()).find(({ folder }) => folder === out);
  if (node !== undefined) await models.view.reveal(node, { select: true, focus: true });
  return out;
}

async function askForAdapter(): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    ...{ canSelectFiles: false, canSelectFolders: true, openLabel: l10n.t('Import') },
    title: l10n.t('PEFT adapter folder'),
  });
  return chosen?.[0]?.fsPath;
}

async function bases({ models }: Services): Promise<string[]> {
  const nodes = await models.all();
  return nodes
    .filter(({ entry }) => entry.kind === 'model' && entry.problem === undefined)
    .map(({ folder }) => folder);
}

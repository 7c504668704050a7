// Create Starter Experiment: copies the bundled model, tasks and experiment file to where the user works.
import { cp, rename, rm } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Services } from '../services';

const folderName = 'adapter-lab-starter';

/** `given`: the folder to create it in; asked for when there is no workspace. */
export async function createStarter(
  { context, discover }: Services,
  given: unknown,
): Promise<vscode.Uri | undefined> {
  const isGiven = given instanceof vscode.Uri;
  const parent = isGiven ? given : (openFolder() ?? (await chooseFolder()));
  if (parent === undefined) return undefined;
  const target = join(parent.fsPath, folderName);
  // One that is there is the user's by now: it is opened as it is.
  const source = join(context.extensionPath, 'media', 'starter');
  if (!existsSync(target)) await copyWhole(source, target);
  const name = readdirSync(source).find((one) => one.endsWith('.experiment.json')) ?? '';
  const file = vscode.Uri.file(join(target, name));
  if (!existsSync(file.fsPath)) {
    const text = vscode.l10n.t(
      '{0} is not there; move its folder away and try again.',
      file.fsPath,
    );
    throw new Error(text);
  }
  if (!isGiven && openFolder() === undefined) {
    await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(target));
    return file;
  }
  await discover();
  await vscode.window.showTextDocument(file, { preview: false });
  return file;
}

function openFolder(): vscode.Uri | undefined {
  return vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
}

async function chooseFolder(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: vscode.l10n.t('Create Here'),
    title: vscode.l10n.t('Folder for the starter experiment'),
  });
  return chosen?.[0];
}

/** Appears by rename, so that an interrupted copy is never taken for a starter. */
async function copyWhole(source: string, target: string): Promise<void> {
  const unfinished = `${target}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await cp(source, unfinished, { recursive: true });
  await rename(unfinished, target);
}

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
  if (!existsSync(target)) await copyWhole(join(context.extensionPath, 'media', 'starter'), target);
  const name = readdirSync(target).find((one) => one.endsWith('.experiment.json'));
  if (name === undefined) {
    throw new Error(
      vscode.l10n.t('{0} holds no experiment file; move it away and try again.', target),
    );
  }
  const file = vscode.Uri.file(join(target, name));
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

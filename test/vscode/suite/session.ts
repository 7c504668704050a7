// What the tests share: the extension's services, the workspace, an experiment made from the starter.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'jsonc-parser';
import * as vscode from 'vscode';
import type { RunView } from '../../../extension/host/runModel';
import type { Services } from '../../../extension/host/services';
import type { RunState } from '../../../extension/shared/run';

export const extensionId = 'adapter-lab.adapter-lab';

export async function services(): Promise<Services> {
  const extension = vscode.extensions.getExtension<Services>(extensionId);
  assert.ok(extension, `${extensionId} is not there`);
  return extension.activate();
}

export function workspaceFolder(): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'the window has no folder');
  return folder.uri.fsPath;
}

export async function starter(): Promise<vscode.Uri> {
  const file = await vscode.commands.executeCommand<vscode.Uri>('adapterLab.createStarter');
  assert.ok(file instanceof vscode.Uri);
  return file;
}

/** `settings`: dotted name to value, over the starter's own; the grid is dropped unless given. */
export async function experimentFrom(
  name: string,
  settings: Record<string, unknown>,
): Promise<vscode.Uri> {
  const original = await starter();
  const all = parse(readFileSync(original.fsPath, 'utf8')) as Record<string, unknown>;
  delete all.grid;
  all.name = name;
  const training = all.training as Record<string, unknown>;
  delete training.epochs;
  for (const [setting, value] of Object.entries(settings)) assign(all, setting.split('.'), value);
  const file = join(original.fsPath, '..', `${name}.experiment.json`);
  writeFileSync(file, JSON.stringify(all, undefined, 2));
  return vscode.Uri.file(file);
}

function assign(target: Record<string, unknown>, path: string[], value: unknown): void {
  const [first = '', ...rest] = path;
  if (rest.length === 0) target[first] = value;
  else assign((target[first] ??= {}) as Record<string, unknown>, rest, value);
}

export async function train(experiment: vscode.Uri): Promise<string> {
  const folder = await vscode.commands.executeCommand<string>('adapterLab.train', experiment);
  assert.equal(typeof folder, 'string', 'no run was started');
  return folder;
}

/** Waits until the sidebar's store knows the run to be in one of these states. */
export async function reaches(folder: string, ...states: RunState[]): Promise<RunView> {
  return seen(folder, ({ status }) => states.includes(status.state));
}

export async function seen(folder: string, accepts: (view: RunView) => boolean): Promise<RunView> {
  const { store } = await services();
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const view = store.find(folder);
      if (view === undefined || !accepts(view)) return;
      finish();
      resolve(view);
    };
    const listening = store.onDidChange(look);
    const timer = setTimeout(() => {
      finish();
      reject(
        new Error(`Waited in vain for ${folder}: ${JSON.stringify(store.find(folder)?.status)}`),
      );
    }, 90_000);
    const finish = (): void => {
      clearTimeout(timer);
      listening.dispose();
    };
    look();
  });
}

/** What error messages the extension shows while `action` runs. */
export async function errorsDuring(action: () => Promise<unknown>): Promise<string[]> {
  const shown: string[] = [];
  const original = vscode.window.showErrorMessage;
  const spy = (message: string): Promise<undefined> => {
    shown.push(message);
    return Promise.resolve(undefined);
  };
  Object.assign(vscode.window, { showErrorMessage: spy });
  try {
    await action();
  } finally {
    Object.assign(vscode.window, { showErrorMessage: original });
  }
  return shown;
}

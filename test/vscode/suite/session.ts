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
  const showErrorMessage = (message: string): undefined => void shown.push(message);
  await answering({ showErrorMessage }, action);
  return shown;
}

/** Runs that have come to their end, of whatever test trained them. */
export async function finishedRuns(atLeast = 1): Promise<RunView[]> {
  const { store } = await services();
  const views = store.views.filter(({ status }) => status.state === 'done');
  assert.ok(views.length >= atLeast, `only ${views.length} runs are done`);
  return views;
}

/** Tabs that show this kind of page, as soon as there are so many. */
export function pageTabs(kind: string, atLeast: number): Promise<vscode.Tab[]> {
  return tabsOnce(
    ({ input }) =>
      input instanceof vscode.TabInputWebview && input.viewType.endsWith(`adapterLab.${kind}`),
    atLeast,
  );
}

function tabsOnce(accepts: (tab: vscode.Tab) => boolean, atLeast: number): Promise<vscode.Tab[]> {
  const { tabGroups } = vscode.window;
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      clearTimeout(timer);
      listening.dispose();
    };
    const look = (): void => {
      const all = tabGroups.all.flatMap(({ tabs }) => tabs);
      const tabs = all.filter(accepts);
      if (tabs.length < atLeast) return;
      finish();
      resolve(tabs);
    };
    const listening = tabGroups.onDidChangeTabs(look);
    const timer = setTimeout(() => {
      finish();
      const labels = tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
      reject(new Error(`Waited in vain for a tab; there are ${labels.join(', ')}`));
    }, 20_000);
    look();
  });
}

/** Waits for a tab whose label reads so; tabs appear a moment after what opens them. */
export function tabNamed(label: RegExp): Promise<vscode.Tab> {
  const { tabGroups } = vscode.window;
  return new Promise((resolve) => {
    const look = (): void => {
      const found = tabGroups.all.flatMap(({ tabs }) => tabs).find((tab) => label.test(tab.label));
      if (found === undefined) return;
      listening.dispose();
      resolve(found);
    };
    const listening = tabGroups.onDidChangeTabs(look);
    look();
  });
}

type Window = typeof vscode.window;
type Dialog =
  | 'showErrorMessage'
  | 'showInformationMessage'
  | 'showInputBox'
  | 'showOpenDialog'
  | 'showQuickPick'
  | 'showSaveDialog'
  | 'showWarningMessage';
/** What the user does in a dialog, from what it was opened with. */
type Answers = Partial<Record<Dialog, (...asked: never[]) => unknown>>;

/** Plays the user in the dialogs that open while `action` runs. */
export async function answering<T>(answers: Answers, action: () => Promise<T>): Promise<T> {
  const dialogs = Object.keys(answers) as Dialog[];
  const originals = Object.fromEntries(
    dialogs.map((name) => [name, vscode.window[name]]),
  ) as Partial<Window>;
  const stubs = Object.entries(answers).map(([name, answer]) => [
    name,
    (...asked: never[]) => Promise.resolve(answer(...asked)),
  ]);
  Object.assign(vscode.window, Object.fromEntries(stubs));
  try {
    return await action();
  } finally {
    Object.assign(vscode.window, originals);
  }
}

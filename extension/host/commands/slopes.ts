// Open Slope Diagnostics and Diagnose Adapter.
import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import * as vscode from 'vscode';
import { adapterConfigs } from '../../runs/adapterFolder';
import { pickRuns } from '../pickRuns';
import type { RunView } from '../runModel';
import type { Services } from '../services';
import { baseName, findAdapters, findModels, namedBase } from '../slopes/adapterFolders';
import { measureDiagnosis } from '../slopes/diagnose';
import { subjectOf, type DiagnosisSubject, type RunsSubject } from '../slopes/subject';

const { l10n } = vscode;

/** `given`: folders of runs, or nodes of the tree; else what the tree has selected. */
export async function openSlopes(services: Services, ...given: unknown[]): Promise<void> {
  const subject = await chooseRuns(services, given);
  if (subject.folders.length > 0) await services.pages.show('slopes', subject);
}

async function chooseRuns(services: Services, given: unknown[]): Promise<RunsSubject> {
  // The tree gives the node under the mouse and, when there are several, all that are selected.
  const [node, selected] = given;
  const named = subjectOf(Array.isArray(selected) && selected.length > 0 ? selected : [node]);
  if (named.folders.length > 0) return named;
  const { tree } = services;
  const inTree = subjectOf(tree.checked.length > 0 ? tree.checked : tree.selection);
  if (inTree.folders.length > 0) return inTree;
  const views = await pickRuns(services, [], {
    placeholder: l10n.t('Run whose slopes to show'),
    none: l10n.t('There are no runs yet.'),
    accepts: () => true,
  });
  return { folders: views.map(({ folder }) => folder) };
}

/** `given`: base and adapter; or an adapter's folder, its config file, or a checkpoint of the tree. */
export async function diagnose(services: Services, ...given: unknown[]): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    throw new Error(l10n.t('Measuring an adapter needs a trusted workspace.'));
  }
  const subject = await chooseDiagnosis(given);
  if (subject === undefined || !(await measureDiagnosis(services, subject))) return;
  await services.pages.show('slopes', subject, { again: true });
}

async function chooseDiagnosis([first, second]: unknown[]): Promise<DiagnosisSubject | undefined> {
  if (typeof first === 'string' && typeof second === 'string') {
    return { base: first, adapter: second };
  }
  const known = givenAdapter(first);
  const adapter = known?.adapter ?? (await chooseAdapter());
  if (adapter === undefined) return undefined;
  const base = known?.base ?? (await chooseBase(adapter));
  return base === undefined ? undefined : { base, adapter };
}

function givenAdapter(given: unknown): { adapter: string; base?: string } | undefined {
  if (typeof given === 'string') return { adapter: given };
  if (given instanceof vscode.Uri) {
    const { fsPath } = given;
    return { adapter: adapterConfigs.includes(basename(fsPath)) ? dirname(fsPath) : fsPath };
  }
  if (typeof given !== 'object' || given === null) return undefined;
  if ('checkpoint' in given && 'run' in given) {
    const { checkpoint, run } = given as { checkpoint: { folder: string }; run: RunView };
    const base = modelOf(run);
    return { adapter: checkpoint.folder, ...(base !== undefined && { base }) };
  }
  if (!('folder' in given) || typeof given.folder !== 'string') return undefined;
  const base = 'base' in given && typeof given.base === 'string' ? given.base : undefined;
  return { adapter: given.folder, ...(base !== undefined && { base }) };
}

/** Undefined where the run was made on another machine. */
function modelOf({ run }: RunView): string | undefined {
  const model = resolve(dirname(run.experimentFile), run.settings.model);
  return existsSync(model) ? model : undefined;
}

export async function chooseAdapter(): Promise<string | undefined> {
  const found = await findAdapters();
  const items = found.map((folder) => itemOf(folder, 'extensions', baseName(folder)));
  return chooseFolder(items, l10n.t('Adapter to diagnose, or a fine-tuned model'));
}

async function chooseBase(adapter: string): Promise<string | undefined> {
  const named = namedBase(adapter);
  const others = (await findModels()).filter((folder) => folder !== named && folder !== adapter);
  const items = others.map((folder) => itemOf(folder, 'package'));
  const proposed =
    named === undefined ? [] : [itemOf(named, 'package', l10n.t('named by the adapter'))];
  return chooseFolder([...proposed, ...items], l10n.t('Base model that it was trained from'));
}

interface FolderItem extends vscode.QuickPickItem {
  folder?: string;
}

function itemOf(folder: string, icon: string, description?: string): FolderItem {
  return {
    label: basename(folder),
    description: description ?? '',
    detail: vscode.workspace.asRelativePath(folder),
    iconPath: new vscode.ThemeIcon(icon),
    folder,
  };
}

async function chooseFolder(items: FolderItem[], placeHolder: string): Promise<string | undefined> {
  const browse: FolderItem = {
    label: l10n.t('Browse…'),
    iconPath: new vscode.ThemeIcon('folder-opened'),
    alwaysShow: true,
  };
  const options = { placeHolder, matchOnDetail: true, matchOnDescription: true };
  const picked = await vscode.window.showQuickPick([...items, browse], options);
  if (picked !== browse) return picked?.folder;
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: l10n.t('Choose'),
    title: placeHolder,
  });
  return chosen?.[0]?.fsPath;
}

// Open Run, Show Log, Show Profile, Reveal Run Folder, Open Experiment File.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { runPaths } from '../../runs/runPaths';
import { pickRuns } from '../pickRuns';
import { revealFolder } from '../revealFolder';
import type { Services } from '../services';
import type { Node } from '../treeModel';

const { l10n } = vscode;

export async function openRun(services: Services, ...given: unknown[]): Promise<void> {
  for (const { folder } of await pickRuns(services, given, anyRun(l10n.t('Run to open')))) {
    await services.pages.show('run', { folder });
  }
}

/** Enter on a line of the sidebar. */
export async function openSelected(services: Services): Promise<void> {
  const [node] = services.tree.selection;
  if (node?.kind === 'run' || node?.kind === 'checkpoint') await openRun(services, node);
  else if (node?.kind === 'experiment' || node?.kind === 'group') {
    await vscode.commands.executeCommand('list.toggleExpand');
  }
}

export async function showLog(services: Services, ...given: unknown[]): Promise<void> {
  for (const view of await pickRuns(services, given, anyRun(l10n.t('Run whose log to show')))) {
    const { log } = runPaths(view.folder);
    const { failure } = view.status;
    if (existsSync(log)) {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.file(log));
      const end = document.lineAt(document.lineCount - 1).range.end;
      await vscode.window.showTextDocument(document, { selection: new vscode.Range(end, end) });
    } else {
      const text =
        failure?.message ?? l10n.t('The run has no log yet: its trainer has not started.');
      void vscode.window.showInformationMessage(text);
    }
  }
}

/** Where the time of its steps goes, if they were profiled. */
export async function showProfile(services: Services, ...given: unknown[]): Promise<void> {
  const runs = await pickRuns(services, given, {
    placeholder: l10n.t('Run whose profile to show'),
    none: l10n.t(
      'No run was profiled: "diagnostics.profile" in its experiment says how many steps are.',
    ),
    accepts: ({ run }) => run.settings.diagnostics.profile > 0,
  });
  for (const { folder } of runs) {
    const file = join(runPaths(folder).profile, 'profile.md');
    if (!existsSync(file)) throw new Error(l10n.t('The steps to profile are not done yet.'));
    await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.file(file));
  }
}

export async function revealRunFolder(services: Services, ...given: unknown[]): Promise<void> {
  const [first] = await pickRuns(services, given, anyRun(l10n.t('Run whose folder to reveal')));
  if (first === undefined) return;
  await revealFolder(namedFolder(given[0]) ?? first.folder);
}

/** Of a group of runs, or of a file that is listed: where it cannot be read, at the line that says why. */
/** Of a run or a checkpoint, as a page names it, or of the tree's checkpoint. */
function namedFolder(given: unknown): string | undefined {
  if (typeof given === 'string') return given;
  const node = given as Node | undefined;
  return node?.kind === 'checkpoint' ? node.checkpoint.folder : undefined;
}

export async function openExperiment(_: Services, given: unknown): Promise<void> {
  const { file, outcome } = (given ?? {}) as { file?: string; outcome?: { line?: number } };
  if (file === undefined) return;
  if (!existsSync(file)) {
    throw new Error(l10n.t('The experiment file {0} is no longer there.', file));
  }
  const { line } = outcome ?? {};
  if (line === undefined) {
    await vscode.window.showTextDocument(vscode.Uri.file(file));
    return;
  }
  const at = new vscode.Position(line - 1, 0);
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    selection: new vscode.Range(at, at),
  });
}

function anyRun(placeholder: string): Parameters<typeof pickRuns>[2] {
  return { placeholder, none: l10n.t('There are no runs yet.'), accepts: () => true };
}

// Move to Trash, which asks once and can be undone; Restore from Trash and Empty Trash.
import * as vscode from 'vscode';
import {
  deleteFromTrash,
  listTrash,
  moveToTrash as moveFolder,
  restoreFromTrash as restoreFolder,
  type TrashedRun,
} from '../../runs/trash';
import { readListedRun } from '../../runs/runsDirectory';
import { agoText } from '../../shared/timeText';
import { findExperiments, runsDirectories } from '../experiments';
import { pickRuns } from '../pickRuns';
import { isActive, runLabel, runTitle, type RunView } from '../runModel';
import type { Services } from '../services';

const { l10n } = vscode;
const messageMs = 8000;

/** Those that train or wait for their turn are left: they are to be stopped first. */
export async function moveToTrash(services: Services, ...given: unknown[]): Promise<void> {
  const views = await pickRuns(services, given, {
    placeholder: l10n.t('Run to move to the trash'),
    none: l10n.t('No run has ended: stop a run before you move it to the trash.'),
    accepts: ({ status }) => !isActive(status.state) && status.state !== 'queued',
  });
  if (views.length === 0 || !(await confirmMove(views))) return;
  const moved: TrashedRun[] = [];
  try {
    for (const { folder } of views) {
      const trashed = moveFolder(folder);
      if (trashed !== undefined) moved.push(trashed);
    }
  } finally {
    await services.trash.push(moved);
    await services.store.read(views.map(({ folder }) => folder));
  }
  const [only] = views;
  tell(
    views.length === 1 && only !== undefined
      ? l10n.t('Moved {0} to the trash', runTitle(only))
      : l10n.t('Moved {0} runs to the trash', moved.length),
  );
}

export async function undoMoveToTrash(services: Services): Promise<void> {
  const moved = (await services.trash.pop()) ?? [];
  await bringBack(services, moved);
}

export async function restoreFromTrash(services: Services): Promise<void> {
  const trashed = await allTrashed();
  if (trashed.length === 0) {
    tell(l10n.t('The trash is empty'));
    return;
  }
  const picked = await vscode.window.showQuickPick(trashed.map(itemOf), {
    title: l10n.t('Restore from Trash'),
    canPickMany: true,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  const runs = (picked ?? []).map(({ run }) => run);
  await services.trash.forget(runs);
  await bringBack(services, runs);
}

export async function emptyTrash(services: Services): Promise<void> {
  const trashed = await allTrashed();
  if (trashed.length === 0) {
    tell(l10n.t('The trash is empty'));
    return;
  }
  const text =
    trashed.length === 1
      ? l10n.t('Delete the run in the trash for good?')
      : l10n.t('Delete the {0} runs in the trash for good?', trashed.length);
  const detail = l10n.t('Their checkpoints and results go too. This cannot be undone.');
  const act = l10n.t('Delete');
  const answer = await vscode.window.showWarningMessage(text, { modal: true, detail }, act);
  if (answer !== act) return;
  await services.trash.forget(trashed);
  const title = l10n.t('Emptying the trash');
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title },
    async () => {
      for (const run of trashed) await deleteFromTrash(run);
    },
  );
  tell(l10n.t('The trash is empty'));
}

async function bringBack({ store, tree }: Services, runs: readonly TrashedRun[]): Promise<void> {
  const back: string[] = [];
  try {
    for (const run of runs) if (restoreFolder(run)) back.push(run.folder);
  } finally {
    await store.read(back);
  }
  const [first] = back;
  if (first === undefined) {
    tell(l10n.t('Nothing was restored'));
    return;
  }
  await tree.reveal(first);
  tell(back.length === 1 ? l10n.t('Restored 1 run') : l10n.t('Restored {0} runs', back.length));
}

async function confirmMove(views: readonly RunView[]): Promise<boolean> {
  const [only] = views;
  const text =
    views.length === 1 && only !== undefined
      ? l10n.t('Move {0} of {1} to the trash?', runTitle(only), only.run.experiment)
      : l10n.t('Move {0} runs to the trash?', views.length);
  const detail = l10n.t('Undo Move to Trash brings it back until the trash is emptied.');
  const act = l10n.t('Move to Trash');
  return (await vscode.window.showWarningMessage(text, { modal: true, detail }, act)) === act;
}

async function allTrashed(): Promise<TrashedRun[]> {
  return runsDirectories(await findExperiments()).flatMap(listTrash);
}

interface TrashItem extends vscode.QuickPickItem {
  run: TrashedRun;
}

function itemOf(run: TrashedRun): TrashItem {
  const read = readListedRun(run.trashed);
  if (read === undefined || !('run' in read)) return { label: run.folder, run };
  const ago = agoText(new Date(read.run.created), new Date(), l10n.t);
  return {
    label: `${read.run.experiment} · ${read.tags.name ?? runLabel(read.run)}`,
    description: l10n.t('started {0}', ago),
    detail: read.run.id,
    run,
  };
}

/** No notification: what happened is seen in the tree. */
function tell(text: string): void {
  vscode.window.setStatusBarMessage(text, messageMs);
}

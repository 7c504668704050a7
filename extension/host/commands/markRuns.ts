// What the user says of runs: star, tags, notes, a name of their own, and which are to be compared. Written to
// tags.json at the moment of the change, so that two windows do not undo each other's.
import * as vscode from 'vscode';
import { changeTags, type TagsFile } from '../../runs/tags';
import { pickRuns, type RunChoice } from '../pickRuns';
import { runLabel, runTitle, type RunView } from '../runModel';
import type { Services } from '../services';
import { commonTags, tagChange } from '../tagChoice';

const { l10n } = vscode;

export async function starRun(services: Services, ...given: unknown[]): Promise<void> {
  const views = await pickRuns(services, given, anyRun(l10n.t('Run to star')));
  await change(services, views, () => ({ star: true }));
}

export async function unstarRun(services: Services, ...given: unknown[]): Promise<void> {
  const views = await pickRuns(services, given, {
    placeholder: l10n.t('Run to remove the star of'),
    none: l10n.t('No run has a star.'),
    accepts: ({ tags }) => tags.star,
  });
  await change(services, views, () => ({ star: false }));
}

/** Ticks what all of the runs have; what is left as it was stays as it is in each of them. */
export async function editTags(services: Services, ...given: unknown[]): Promise<void> {
  const views = await pickRuns(services, given, anyRun(l10n.t('Run to tag')));
  if (views.length === 0) return;
  const ticked = await askForTags(services, views);
  if (ticked === undefined) return;
  const edit = tagChange(
    views.map(({ tags }) => tags.tags),
    ticked,
  );
  await change(services, views, ({ tags }) => ({ tags: edit(tags) }));
}

export async function renameRun(services: Services, ...given: unknown[]): Promise<void> {
  const [view] = await pickRuns(services, given, anyRun(l10n.t('Run to rename')));
  if (view === undefined) return;
  const name = await vscode.window.showInputBox({
    title: l10n.t('Rename {0}', runLabel(view.run)),
    prompt: l10n.t('Empty: {0}', runLabel(view.run)),
    value: runTitle(view),
  });
  if (name === undefined) return;
  const own = name.trim();
  const isOwn = own !== '' && own !== runLabel(view.run);
  await change(services, [view], () => ({ name: isOwn ? own : undefined }));
}

/** One line in a box: Enter keeps it. Longer notes are written with \n, as the box shows them. */
export async function editNotes(services: Services, ...given: unknown[]): Promise<void> {
  const [view] = await pickRuns(services, given, anyRun(l10n.t('Run to write notes on')));
  if (view === undefined) return;
  const notes = await vscode.window.showInputBox({
    title: l10n.t('Notes on {0}', runTitle(view)),
    prompt: l10n.t('Shown when the mouse rests on the run; \\n begins a new line'),
    value: view.tags.notes.replace(/\n/g, '\\n'),
  });
  if (notes === undefined) return;
  await change(services, [view], () => ({ notes: notes.replace(/\\n/g, '\n').trim() }));
}

/** As a click on their boxes: all are ticked, or none if all were. */
export async function toggleComparison(services: Services, ...given: unknown[]): Promise<void> {
  const { tree } = services;
  const views = await pickRuns(services, given, anyRun(l10n.t('Run to compare')));
  const checked = new Set(tree.checked);
  const areAll = views.every(({ folder }) => checked.has(folder));
  await tree.setChecked(
    views.map(({ folder }) => folder),
    !areAll,
  );
}

export async function clearComparison({ tree }: Services): Promise<void> {
  await tree.setChecked(tree.checked, false);
}

export async function copyRunId(services: Services, ...given: unknown[]): Promise<void> {
  const views = await pickRuns(services, given, anyRun(l10n.t('Run whose ID to copy')));
  if (views.length === 0) return;
  const ids = views.map(({ run }) => run.id);
  await vscode.env.clipboard.writeText(ids.join('\n'));
  const text =
    ids.length === 1 ? l10n.t('Copied {0}', ids[0] ?? '') : l10n.t('Copied {0} IDs', ids.length);
  vscode.window.setStatusBarMessage(text, 3000);
}

async function change(
  { store }: Services,
  views: readonly RunView[],
  edit: (tags: TagsFile) => Partial<TagsFile>,
): Promise<void> {
  for (const { folder } of views) changeTags(folder, edit);
  await store.read(views.map(({ folder }) => folder));
}

interface TagItem extends vscode.QuickPickItem {
  isNew?: boolean;
}

/** Undefined if the user changed their mind. */
function askForTags({ store }: Services, views: readonly RunView[]): Promise<string[] | undefined> {
  const box = vscode.window.createQuickPick<TagItem>();
  const known = new Set(store.views.flatMap(({ tags }) => tags.tags));
  let ticked = commonTags(views.map(({ tags }) => tags.tags));
  const [only] = views;
  box.title =
    views.length === 1 && only !== undefined
      ? l10n.t('Tags of {0}', runTitle(only))
      : l10n.t('Tags of {0} Runs', views.length);
  box.placeholder = l10n.t('Tick tags; type a new one to create it');
  box.canSelectMany = true;
  const show = (): void => {
    const typed = box.value.trim();
    const isNew = typed !== '' && !known.has(typed);
    const created = { label: typed, description: l10n.t('new tag'), alwaysShow: true, isNew: true };
    const items: TagItem[] = [...known].sort().map((label) => ({ label }));
    box.items = isNew ? [created, ...items] : items;
    box.selectedItems = box.items.filter(({ label }) => ticked.includes(label));
  };
  return new Promise((resolve) => {
    box.onDidChangeSelection((items) => {
      ticked = items.map(({ label }) => label);
      for (const { label, isNew } of items) if (isNew === true) known.add(label);
    });
    box.onDidChangeValue(show);
    box.onDidAccept(() => {
      // Typed and not ticked: Enter was meant for it.
      const typed = box.value.trim();
      const isMeant = typed !== '' && !known.has(typed);
      resolve(isMeant ? [...ticked, typed] : ticked);
      box.dispose();
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    show();
    box.show();
  });
}

function anyRun(placeholder: string): RunChoice {
  return { placeholder, none: l10n.t('There are no runs yet.'), accepts: () => true };
}

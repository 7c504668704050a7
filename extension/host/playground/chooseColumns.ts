// Which models answer: the user ticks base models, checkpoints of runs, and models and adapters of the sidebar.
import { join } from 'node:path';
import * as vscode from 'vscode';
import { checkpointNames, checkpointStep } from '../../runs/checkpoints';
import { runPaths } from '../../runs/runPaths';
import { mostColumns, type PlaygroundColumn } from '../../shared/pages/playgroundPage';
import { runDescription, runTitle, type RunView } from '../runModel';
import type { Services } from '../services';
import { baseColumn, checkpointColumn } from './columns';
import { chooseFolderColumn, modelColumn } from './folderColumns';

const { l10n } = vscode;
/** Newest first; an older one is found in the sidebar. */
const mostRuns = 50;

interface ColumnItem extends vscode.QuickPickItem {
  column?: PlaygroundColumn;
  isFolder?: boolean;
}

/** Undefined if the user changed their mind. */
export async function chooseColumns(
  services: Services,
  present: readonly PlaygroundColumn[],
): Promise<PlaygroundColumn[] | undefined> {
  const picked = await vscode.window.showQuickPick(itemsFor(services, present), {
    title: l10n.t('Models that answer side by side, at most {0}', mostColumns),
    placeHolder: l10n.t('Models and checkpoints'),
    matchOnDescription: true,
    canPickMany: true,
  });
  if (picked === undefined) return undefined;
  const columns = picked.flatMap(({ column }) => column ?? []);
  if (picked.some(({ isFolder }) => isFolder)) {
    const other = await chooseFolderColumn(services);
    if (other !== undefined) columns.push(other);
  }
  if (columns.length > mostColumns) {
    const text = l10n.t(
      '{0} models answer at most; the first {0} of those were taken.',
      mostColumns,
    );
    void vscode.window.showInformationMessage(text);
  }
  return inOrder(columns, present).slice(0, mostColumns);
}

/** Those that were there stay where they were. */
function inOrder(
  columns: readonly PlaygroundColumn[],
  present: readonly PlaygroundColumn[],
): PlaygroundColumn[] {
  const byId = new Map(columns.map((one) => [one.id, one]));
  const stay = present.filter(({ id }) => byId.has(id));
  for (const { id } of stay) byId.delete(id);
  return [...stay, ...byId.values()];
}

async function itemsFor(
  services: Services,
  present: readonly PlaygroundColumn[],
): Promise<ColumnItem[]> {
  const views = [...services.store.views]
    .filter(({ status }) => status.step > 0)
    .sort((a, b) => (a.run.created < b.run.created ? 1 : -1))
    .slice(0, mostRuns);
  const nodes = await services.models.all();
  const checkpoints = views.map((view) => ({ view, columns: checkpointsOf(view) }));
  const bases = [...new Set(checkpoints.flatMap(({ columns }) => columns.map(({ base }) => base)))];
  const known = new Map<string, PlaygroundColumn>();
  for (const base of bases) known.set(base, baseColumn(base, l10n.t));
  for (const node of nodes) {
    const column = modelColumn(node);
    if (column !== undefined && !known.has(column.id)) known.set(column.id, column);
  }
  const isTicked = (column: PlaygroundColumn): boolean =>
    present.some(({ id }) => id === column.id);
  const item = (column: PlaygroundColumn, description: string): ColumnItem => ({
    ...{ label: column.name, description, column },
    picked: isTicked(column),
  });
  return [
    separator(l10n.t('Models and adapters')),
    ...[...known.values()].map((column) => item(column, placeText(column))),
    {
      label: l10n.t('Choose a Folder…'),
      iconPath: new vscode.ThemeIcon('folder-opened'),
      isFolder: true,
    },
    ...checkpoints.flatMap(({ view, columns }) => [
      separator(runText(view)),
      ...columns.map((column, index) => item(column, index === 0 ? l10n.t('newest') : '')),
    ]),
  ];
}

/** The newest first. */
function checkpointsOf(view: RunView): PlaygroundColumn[] {
  return checkpointNames(view.folder)
    .reverse()
    .map((name) => {
      const folder = join(runPaths(view.folder).checkpoints, name);
      return checkpointColumn(view, { step: checkpointStep(name) ?? 0, folder }, l10n.t);
    });
}

/** "base model · starter/model" */
function placeText({ detail, model, adapter }: PlaygroundColumn): string {
  return `${detail} · ${vscode.workspace.asRelativePath(adapter ?? model)}`;
}

/** "starter · DoRA r16 · loss 0.002 · 5 min ago" */
function runText(view: RunView): string {
  const { experiment } = view.run;
  return [experiment, runTitle(view), runDescription(view, new Date(), l10n.t)].join(' · ');
}

function separator(label: string): ColumnItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

// Completes paths and tasks; names and choices of settings come from the schema.
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import * as vscode from 'vscode';
import {
  completionPlace,
  pathCompletions,
  type CompletionPlace,
  type FolderEntry,
} from './completionPlace';
import { fileOf } from './experimentDocuments';
import type { Inspections } from './inspections';
import { rangeOf } from './ranges';

const mostEntries = 500;

export async function completionsIn(
  document: vscode.TextDocument,
  position: vscode.Position,
  inspections: Inspections,
): Promise<vscode.CompletionItem[]> {
  const place = completionPlace(document.getText(), document.offsetAt(position));
  if (place === undefined) return [];
  const range = rangeOf(document, place.span);
  if (place.kind === 'task') return taskItems(inspections, document, range);
  return pathItems(place, fileOf(document), range);
}

function taskItems(
  inspections: Inspections,
  document: vscode.TextDocument,
  range: vscode.Range,
): vscode.CompletionItem[] {
  const tasks = inspections.of(document)?.inspection.tasks ?? [];
  return tasks.map(({ name, hasQuestions }) => {
    const item = new vscode.CompletionItem(name, vscode.CompletionItemKind.EnumMember);
    item.detail = hasQuestions ? '' : vscode.l10n.t('its questions are not in the data folder');
    item.sortText = `${hasQuestions ? 0 : 1}${name}`;
    item.range = range;
    return item;
  });
}

async function pathItems(
  { kind, typed }: CompletionPlace,
  file: string,
  range: vscode.Range,
): Promise<vscode.CompletionItem[]> {
  const before = typed.slice(0, typed.lastIndexOf('/') + 1);
  const entries = await entriesOf(resolve(dirname(file), before === '' ? '.' : before));
  return pathCompletions(kind, typed, entries).map((completion) => {
    const { text, label, detail, isFolder, isMeant } = completion;
    const { File, Folder } = vscode.CompletionItemKind;
    const item = new vscode.CompletionItem(label, isFolder ? Folder : File);
    item.insertText = text;
    item.filterText = text;
    item.detail = detail;
    item.sortText = `${isMeant ? 0 : 1}${label}`;
    item.range = range;
    if (!isMeant) item.command = { command: 'editor.action.triggerSuggest', title: '' };
    return item;
  });
}

async function entriesOf(folder: string): Promise<FolderEntry[]> {
  const found = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return Promise.all(
    found.slice(0, mostEntries).map(async (entry) => {
      const inside = await namesIn(join(folder, entry.name));
      return { name: entry.name, isFolder: inside !== undefined, inside: inside ?? [] };
    }),
  );
}

/** Undefined for what is no folder. */
async function namesIn(folder: string): Promise<string[] | undefined> {
  return readdir(folder).catch(() => undefined);
}

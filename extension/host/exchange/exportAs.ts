// Asks in which form something is exported and where to, and exports it by the command line.
import * as vscode from 'vscode';
import { askForNewFolder, tellFolder } from '../newFolder';
import type { Services } from '../services';
import { refuseUntrusted } from '../trust';
import {
  formatChoices,
  isFile,
  nameEnd,
  type Exportable,
  type ExportFormat,
} from './exportFormats';
import { runExchange } from './runExchange';

const { l10n } = vscode;

export interface ExportTarget {
  out: string;
  format?: ExportFormat;
}

export interface Export extends Exportable {
  /** Checkpoint, adapter or model. */
  folder: string;
  /** Of an adapter that does not say where it is. */
  base: string | undefined;
  /** Folder or file without its ending. */
  proposed: string;
  /** Of the progress. */
  title: string;
  /** Given by scripts, which do not want to be asked. */
  target: ExportTarget | undefined;
}

/** Folder or file that was written; undefined if there is none. */
export async function exportAs(services: Services, wanted: Export): Promise<string | undefined> {
  const { folder, base, proposed, title, target } = wanted;
  const format = target === undefined ? await askForFormat(wanted) : (target.format ?? 'peft');
  if (format === undefined) return undefined;
  if (format !== 'peft') refuseUntrusted();
  const out = target?.out ?? (await askForPlace(proposed + nameEnd(format), format));
  if (out === undefined) return undefined;
  const named = base === undefined ? [] : ['--base', base];
  const parameters = ['export', folder, out, '--format', format, ...named];
  if (!(await runExchange(services, title, parameters))) return undefined;
  services.models.refresh();
  await tellFolder(out, l10n.t('Exported to {0}', out));
  return out;
}

async function askForFormat(exportable: Exportable): Promise<ExportFormat | undefined> {
  const options = { placeHolder: l10n.t('Form to export in') };
  const items = formatChoices(exportable, l10n.t);
  return (await vscode.window.showQuickPick(items, options))?.format;
}

async function askForPlace(proposed: string, format: ExportFormat): Promise<string | undefined> {
  const label = l10n.t('Export Here');
  if (!isFile(format)) return askForNewFolder(proposed, label);
  const chosen = await vscode.window.showSaveDialog({
    ...{ title: l10n.t('New File'), saveLabel: label, filters: { GGUF: ['gguf'] } },
    defaultUri: vscode.Uri.file(proposed),
  });
  return chosen?.fsPath;
}

/** `{ out }` or `{ out, format }` among a command's arguments. */
export function targetAmong(given: readonly unknown[]): {
  target: ExportTarget | undefined;
  rest: unknown[];
} {
  const target = given.find(
    (one): one is ExportTarget => typeof one === 'object' && one !== null && 'out' in one,
  );
  return { target, rest: given.filter((one) => one !== target) };
}

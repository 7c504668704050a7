// Estimate Memory: what each run of an experiment needs, as a page to read beside the file.
import { freemem, totalmem } from 'node:os';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { isExperimentDocument } from '../editor/experimentDocuments';
import { memoryReport } from '../editor/memoryReport';
import { chooseExperiment } from '../chooseExperiment';
import type { Services } from '../services';

const scheme = 'adapter-lab-memory';

/** By path of their virtual documents. */
const reports = new Map<string, string>();
const changed = new vscode.EventEmitter<vscode.Uri>();
let provider: vscode.Disposable | undefined;

/** The report's text; undefined if no experiment was chosen. */
export async function estimateMemory(
  services: Services,
  given: unknown,
): Promise<string | undefined> {
  const uri =
    givenExperiment(given) ?? (await chooseExperiment(vscode.l10n.t('Experiment to look at')));
  if (uri === undefined) return undefined;
  const document = await vscode.workspace.openTextDocument(uri);
  const { inspections } = await services.editor.editor();
  const title = vscode.l10n.t('Estimating memory');
  const inspection = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title },
    () => inspections.current(document),
  );
  const name = basename(uri.path, '.experiment.json');
  const machine = { totalBytes: totalmem(), freeBytes: freemem() };
  const report = memoryReport(name, inspection, machine, vscode.l10n.t);
  await show(
    services,
    vscode.Uri.from({ scheme, path: `/${vscode.l10n.t('Memory of {0}', name)}.md` }),
    report,
  );
  return report;
}

/** Of a lens or a menu, of the sidebar, or a text in the active editor that is no file yet. */
function givenExperiment(given: unknown): vscode.Uri | undefined {
  if (given instanceof vscode.Uri) return given;
  if (typeof given === 'object' && given !== null && 'kind' in given && 'file' in given) {
    return vscode.Uri.file(String(given.file));
  }
  const document = vscode.window.activeTextEditor?.document;
  return document !== undefined && isExperimentDocument(document) ? document.uri : undefined;
}

async function show({ context }: Services, uri: vscode.Uri, report: string): Promise<void> {
  if (provider === undefined) {
    provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: ({ path }) => reports.get(path) ?? '',
    });
    context.subscriptions.push(provider, changed);
  }
  reports.set(uri.path, report);
  changed.fire(uri);
  try {
    await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
  } catch {
    // VS Code's Markdown support is switched off: the text can be read as it is.
    await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Beside });
  }
}

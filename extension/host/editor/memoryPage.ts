// Estimate Memory: what each run of an experiment needs, as a page to read beside the file.
import { freemem, totalmem } from 'node:os';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { chooseExperiment } from '../chooseExperiment';
import { ReportDocuments } from '../reportDocuments';
import { isExperimentDocument } from './experimentDocuments';
import type { Inspections } from './inspections';
import { memoryReport } from './memoryReport';

const { l10n } = vscode;

export class MemoryPage implements vscode.Disposable {
  private readonly reports = new ReportDocuments('adapter-lab-memory');

  constructor(private readonly inspections: Inspections) {}

  /** The report's text; undefined if no experiment was chosen. */
  async show(given: unknown): Promise<string | undefined> {
    const uri = givenExperiment(given) ?? (await chooseExperiment(l10n.t('Experiment to look at')));
    if (uri === undefined) return undefined;
    const document = await vscode.workspace.openTextDocument(uri);
    const inspection = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: l10n.t('Estimating memory') },
      () => this.inspections.current(document),
    );
    const name = basename(uri.path, '.experiment.json');
    const machine = { totalBytes: totalmem(), freeBytes: freemem() };
    const report = memoryReport(name, inspection, machine, l10n.t);
    await this.reports.open(l10n.t('Memory of {0}', name), report);
    return report;
  }

  dispose(): void {
    this.reports.dispose();
  }
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

// What stands in an open task.json: lenses, squiggles, completions, hovers; and trying it on its first records.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { parsePrediction } from '../../shared/prediction';
import { cancellableWork } from '../cancellableWork';
import { pickModelTarget } from '../evaluation/pickModel';
import { refusalOf } from '../refusal';
import { ReportDocuments } from '../reportDocuments';
import type { Services } from '../services';
import { machineParameters } from '../settings';
import { TaskDocuments } from './taskDocuments';
import { TaskHelp } from './taskHelp';
import { taskLenses } from './taskLenses';
import { taskPlace, type TaskPlace } from './taskPlace';
import { TaskSquiggles } from './taskSquiggles';
import { triedReport, type TriedResult } from './triedReport';

const { l10n } = vscode;
const records = 5;
const lastKey = 'adapterLab.triedModel';

/** The model that was tried last, in this workspace. */
interface TriedModel {
  model: string;
  adapter?: string;
}

export class TaskEditor implements vscode.Disposable {
  private readonly reports = new ReportDocuments('adapter-lab-try');
  private readonly lensesChanged = new vscode.EventEmitter<void>();
  private readonly documents = new TaskDocuments();
  private readonly squiggles = new TaskSquiggles(this.documents);
  private readonly help: TaskHelp;
  readonly onDidChangeLenses = this.lensesChanged.event;

  constructor(private readonly services: Services) {
    this.help = new TaskHelp(this.documents, services.context.extensionPath);
  }

  lenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (!vscode.workspace.isTrusted) return [];
    const { last } = this;
    const model = last && basename(last.adapter ?? last.model);
    return taskLenses(document.getText(), model, l10n.t).map((lens) => {
      const place = document.positionAt(lens.offset);
      return new vscode.CodeLens(new vscode.Range(place, place), {
        title: lens.title,
        tooltip: lens.tooltip,
        command: 'adapterLab.tryTask',
        arguments: [document.uri, lens.isOtherModel],
      });
    });
  }

  completions(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.CompletionItem[]> {
    return this.help.completions(document, position);
  }

  hover(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | undefined> {
    return this.help.hover(document, position);
  }

  /** The report's text; undefined if the user changed their mind. */
  async try(file: vscode.Uri, isOtherModel: boolean): Promise<string | undefined> {
    const open = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === file.fsPath);
    if (open?.isDirty === true) await open.save();
    const place = taskPlace(file.fsPath);
    const model = (isOtherModel ? undefined : this.last) ?? (await this.choose(place));
    if (model === undefined) return undefined;
    await this.services.context.workspaceState.update(lastKey, model);
    this.lensesChanged.fire();
    const title = l10n.t('Trying {0} on {1} records', place.task, records);
    const report = await cancellableWork(title, ({ signal }) => this.ask(place, model, signal));
    if (report === undefined) return undefined;
    await this.reports.open(l10n.t('Try {0}', place.task), report);
    return report;
  }

  dispose(): void {
    this.squiggles.dispose();
    this.documents.dispose();
    this.reports.dispose();
    this.lensesChanged.dispose();
  }

  private get last(): TriedModel | undefined {
    return this.services.context.workspaceState.get<TriedModel>(lastKey);
  }

  private async choose({ data }: TaskPlace): Promise<TriedModel | undefined> {
    const target = await pickModelTarget(this.services, undefined, data);
    if (target === undefined) return undefined;
    const { model, adapter } = target;
    return { model, ...(adapter !== undefined && { adapter }) };
  }

  /** In a folder that goes afterwards: what is tried is no result. */
  private async ask(
    { task, data }: TaskPlace,
    { model, adapter }: TriedModel,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { programs, output } = this.services;
    const folder = await mkdtemp(join(tmpdir(), 'adapter-lab-try-'));
    try {
      const file = join(folder, 'answers.jsonl');
      const parameters = [
        ...['evaluate', model, ...(adapter === undefined ? [] : ['--adapter', adapter])],
        ...['--tasks', task, '--data', data, '--limit', String(records)],
        ...['--results', folder, '--output', file],
        ...machineParameters(),
        '--json',
      ];
      output.info(parameters.join(' '));
      const { code, stdout, stderr } = await programs.run(parameters, { signal });
      if (code !== 0) throw new Error(refusalOf(stdout, stderr).message);
      const [result] = (JSON.parse(stdout) as { tasks: TriedResult[] }).tasks;
      if (result === undefined) return undefined;
      const predictions = (await readFile(file, 'utf8'))
        .split('\n')
        .map(parsePrediction)
        .filter((line) => line !== undefined);
      const name = basename(adapter ?? model);
      return triedReport({ task, model: name, result, predictions }, l10n.t);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

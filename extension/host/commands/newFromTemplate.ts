// New Experiment from Template: a commented experiment with the paper's settings in the workspace folder, with the
// model and the data that are there; what is missing the editor marks.
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import {
  usualPlaces,
  type ExperimentTemplate,
  type TemplatePlaces,
} from '../../shared/templates/template';
import { templateLine, templates, templateTitle } from '../../shared/templates/templates';
import { freeName } from '../experimentsView/freeName';
import { pathFrom } from '../experimentDraft';
import type { Services } from '../services';

const { l10n } = vscode;
const excluded = '**/{node_modules,.git,runs}/**';

/** `given`: a template's id; asked for otherwise. */
export async function newFromTemplate(
  services: Services,
  given: unknown,
): Promise<vscode.Uri | undefined> {
  const template = templates.find(({ id }) => id === given) ?? (await chooseTemplate());
  if (template === undefined) return undefined;
  const folder = await chooseFolder();
  if (folder === undefined) return undefined;
  const places = await findPlaces(services, template, folder);
  if (places === undefined) return undefined;
  const file = freeName(folder, template.id);
  await writeFile(file, template.text(places), { flag: 'wx' });
  await services.discover();
  const uri = vscode.Uri.file(file);
  await vscode.window.showTextDocument(uri, { preview: false });
  return uri;
}

async function chooseTemplate(): Promise<ExperimentTemplate | undefined> {
  const items = templates.map((template) => ({
    label: templateTitle(template.id, l10n.t),
    detail: templateLine(template, l10n.t),
    template,
  }));
  const title = l10n.t('New Experiment from Template');
  const placeHolder = l10n.t("What to ask, with the paper's settings");
  const options = { title, placeHolder, matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, options))?.template;
}

async function chooseFolder(): Promise<string | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    throw new Error(l10n.t('Open a folder first: the experiment is written into it.'));
  }
  const placeHolder = l10n.t('Folder for the experiment');
  const chosen =
    folders.length === 1
      ? folders[0]
      : await vscode.window.showWorkspaceFolderPick({ placeHolder });
  return chosen?.uri.fsPath;
}

/** Undefined if the user was asked and changed their mind. */
async function findPlaces(
  services: Services,
  template: ExperimentTemplate,
  folder: string,
): Promise<TemplatePlaces | undefined> {
  const [model, training, test] = await Promise.all([
    chooseModel(services),
    Promise.all(template.trainingFiles.map(async (name) => [name, await findFile(name)] as const)),
    findFile(`${template.task}/*.{json,jsonl,csv,parquet}`),
  ]);
  if (model === undefined) return undefined;
  const files = new Map(training);
  return {
    model: model === '' ? usualPlaces.model : pathFrom(folder, model),
    trainingFile: (name) => {
      const found = files.get(name);
      return found === undefined ? usualPlaces.trainingFile(name) : pathFrom(folder, found);
    },
    data: test === undefined ? usualPlaces.data : pathFrom(folder, dirname(dirname(test))),
  };
}

/** The only one there is, or the one that the user picks; empty where there is none. */
async function chooseModel({ models }: Services): Promise<string | undefined> {
  const nodes = (await models.all()).filter(
    ({ entry }) => entry.kind === 'model' && entry.problem === undefined,
  );
  const [first] = nodes;
  if (first === undefined) return '';
  if (nodes.length === 1) return first.entry.folder;
  const items = nodes.map(({ path, entry }) => ({
    label: path,
    description: entry.architecture ?? basename(entry.folder),
    folder: entry.folder,
  }));
  const placeHolder = l10n.t('Model to train');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.folder;
}

/** Of the workspace's files of this name the one that lies highest. */
async function findFile(name: string): Promise<string | undefined> {
  const found = await vscode.workspace.findFiles(`**/${name}`, excluded, 50);
  const depth = (path: string): number => join(path).split(/[\\/]/).length;
  return found
    .map(({ fsPath }) => fsPath)
    .sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))[0];
}

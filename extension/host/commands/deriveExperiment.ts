// Duplicate as Experiment and Continue from Here: a new experiment file beside the original, made from a run.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { experimentSettings, type ExperimentSettings } from '../../shared/experiment';
import {
  continuedSettings,
  draftNames,
  draftText,
  movedSettings,
  ownSettings,
  pathFrom,
  type DraftSettings,
} from '../experimentDraft';
import { readExperimentSchema } from '../experimentSchema';
import { pickCheckpoint, pickRuns } from '../pickRuns';
import { runLabel, type RunView } from '../runModel';
import type { Services } from '../services';

const { l10n } = vscode;

interface Draft {
  folder: string;
  /** Of the file's name. */
  base: string;
  /** Lines of the comment at the top. */
  header: readonly string[];
  settingsOf: (name: string) => DraftSettings;
}

/** The new file; undefined if there is none. */
export async function duplicateAsExperiment(
  services: Services,
  ...given: unknown[]
): Promise<vscode.Uri | undefined> {
  const [view] = await pickRuns(services, given, {
    placeholder: l10n.t('Run to make an experiment of'),
    none: l10n.t('There are no runs yet.'),
    accepts: () => true,
  });
  if (view === undefined) return undefined;
  const { run } = view;
  const header = [
    l10n.t('The settings of the run {0} of {1} ({2}).', runLabel(run), run.experiment, run.id),
    l10n.t('What is not here has its default.'),
  ];
  const folder = folderFor(view);
  return writeDraft(services, {
    folder,
    base: `${fileName(run.experiment)}-${slug(view)}`,
    header,
    settingsOf: (name) => ownSettings(settingsIn(view, folder), name),
  });
}

/** Training goes on from a checkpoint with a fresh optimizer and schedule. */
export async function continueFromHere(
  services: Services,
  ...given: unknown[]
): Promise<vscode.Uri | undefined> {
  const picked = await pickCheckpoint(services, given, {
    placeholder: l10n.t('Run to continue from'),
    none: l10n.t('No run has a checkpoint yet.'),
    accepts: ({ status }) => status.step > 0,
    takesLast: true,
  });
  if (picked === undefined) return undefined;
  const { view, checkpoint } = picked;
  const { run } = view;
  const step = checkpoint.step;
  const isFull = run.settings.method === 'full';
  const header = [
    l10n.t('Goes on from step {0} of the run {1} ({2}),', step, runLabel(run), run.id),
    l10n.t('with a fresh optimizer and schedule; Resume goes on with a run that was stopped.'),
    isFull
      ? l10n.t('The model is what that run had learned until then.')
      : l10n.t("Rank, alpha and targets are the adapter's own."),
  ];
  const folder = folderFor(view);
  const from = pathFrom(folder, checkpoint.folder);
  return writeDraft(services, {
    folder,
    base: `${fileName(run.experiment)}-${slug(view)}-from-${step}`,
    header,
    settingsOf: (name) => continuedSettings(settingsIn(view, folder), name, from),
  });
}

/** Beside the original; for a run from elsewhere beside its folder of runs, where its copy may be. */
function folderFor({ run, folder }: RunView): string {
  const beside = dirname(run.experimentFile);
  return existsSync(beside) ? beside : dirname(dirname(folder));
}

function settingsIn({ run }: RunView, folder: string): ExperimentSettings {
  const original = dirname(run.experimentFile);
  return existsSync(original) ? movedSettings(run.settings, original, folder) : run.settings;
}

function slug({ run }: RunView): string {
  const { method, adapter } = run.settings;
  return method === 'full' ? 'full' : `${method}-r${adapter.rank}`;
}

function fileName(experiment: string): string {
  return experiment.replace(/[^\p{L}\p{N}._-]+/gu, '-') || 'experiment';
}

async function writeDraft(
  { context }: Services,
  { folder, base, header, settingsOf }: Draft,
): Promise<vscode.Uri> {
  const schema = await readExperimentSchema(context.extensionPath);
  const sources = { defaults: defaultSettings(), schema };
  for (const name of draftNames(base)) {
    const file = join(folder, `${name}.experiment.json`);
    try {
      await writeFile(file, draftText(settingsOf(name), header, sources), { flag: 'wx' });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') continue;
      throw error;
    }
    const uri = vscode.Uri.file(file);
    await vscode.window.showTextDocument(uri, { preview: false });
    return uri;
  }
  throw new Error(l10n.t('{0} has no room for another experiment file.', folder));
}

function defaultSettings(): ExperimentSettings {
  return experimentSettings.parse({ name: 'name', model: 'model', data: { train: ['train'] } });
}

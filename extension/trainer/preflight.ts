// Everything that can be wrong with an experiment, found before any run exists: settings, model, tokenizer,
// data, adapter and tasks of every run of the grid. Needs no addon.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ExperimentSettings } from '../shared/experiment';
import { parseExperiment, type Experiment, type ResolvedRun } from '../shared/experimentFile';
import type { RunFile } from '../shared/run';
import type { CountedValues } from '../shared/trainableShare';
import { fingerprintFiles } from '../data/fingerprint';
import { asFileFailure } from '../model/jsonFile';
import { fingerprintModel } from '../model/fingerprint';
import { countValues } from '../model/trainedValues';
import { decodeUtf8 } from '../model/utf8';
import { withInitialAdapter } from './initialAdapter';
import { prepareTraining, type PreparedRun } from './prepareTraining';
import { readRunTasks } from './evaluateRun';

/** A run that can start. */
export interface CheckedRun extends CountedValues {
  /** What the initial adapter decides is filled in. */
  settings: ExperimentSettings;
  varied: Record<string, unknown>;
  steps: number;
  records: number;
  fingerprints: Pick<RunFile, 'model' | 'data'>;
}

/** Reads an experiment file; `overrides` are dotted settings of the command line. */
export function readExperiment(file: string, overrides: Record<string, unknown> = {}): Experiment {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw asFileFailure(error, file, 'the experiment');
  }
  return parseExperiment(decodeUtf8(bytes, file), file, overrides);
}

/** Throws the first Failure of the first run that cannot start. */
export async function preflight(experiment: Experiment): Promise<CheckedRun[]> {
  const checked: CheckedRun[] = [];
  for (const run of experiment.runs) checked.push(await checkRun(experiment, run));
  return checked;
}

async function checkRun({ file, place }: Experiment, run: ResolvedRun): Promise<CheckedRun> {
  const inFolder = (path: string): string => resolve(dirname(file), path);
  const { initialAdapter } = run.settings.adapter;
  const adapter = initialAdapter === undefined ? undefined : inFolder(initialAdapter);
  const settings = withInitialAdapter(run, adapter, place);
  const prepared = await prepareTraining(settings, file, place);
  await readRunTasks(settings, file);
  return {
    settings,
    varied: run.varied,
    steps: prepared.data.steps,
    records: prepared.data.records,
    ...countValues(prepared, prepared.folder),
    fingerprints: await fingerprints(prepared, inFolder),
  };
}

async function fingerprints(
  { folder, settings }: PreparedRun,
  inFolder: (path: string) => string,
): Promise<CheckedRun['fingerprints']> {
  const { train, validation } = settings.data;
  const files = [...train, ...(typeof validation === 'string' ? [validation] : [])].map(inFolder);
  const data = await Promise.all(
    files.map(async (file) => ({ file, sha256: await fingerprintFiles([file]) })),
  );
  return { model: [{ file: folder.path, sha256: await fingerprintModel(folder) }], data };
}

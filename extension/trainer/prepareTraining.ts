// Everything a run needs before its first step, read and checked without the engine. Whoever starts a run
// calls this first, so that bad input is refused before anything exists.
import { dirname, resolve } from 'node:path';
import type { ExperimentSettings } from '../shared/experiment';
import { Failure } from '../shared/failures';
import type { ModelFolder } from '../model/folder';
import { readModelFolder } from '../model/folder';
import type { TokenizerFolder } from '../model/tokenizer';
import { checkSchedule } from './adalora/checkSchedule';
import type { EngineSpec } from './addon';
import type { PlaceOf } from './lowRank';
import { openTokenizer, readAdapterModules } from './openModel';
import type { PeftConfig } from './peftConfig';
import { readAdapterValues, type AdapterValues } from './peftTensors';
import { engineStates, trainedParts, type RunParts } from './trainedParts';
import { drawnDType } from './vera/sharedMatrices';
import { openTrainingData, type TrainingData } from './trainingData';

export interface PreparedRun extends RunParts {
  settings: ExperimentSettings;
  folder: ModelFolder;
  tokenizer: TokenizerFolder;
  /** Values to start from, of `initialAdapter`. */
  initialValues: AdapterValues | undefined;
  data: TrainingData;
}

/** `experimentFile`: paths in the settings are relative to its folder. */
export async function prepareTraining(
  settings: ExperimentSettings,
  experimentFile: string,
  placeOf: PlaceOf,
): Promise<PreparedRun> {
  const inFolder = (path: string): string => resolve(dirname(experimentFile), path);
  const folder = readModelFolder(inFolder(settings.model));
  const tokenizer = openTokenizer(folder);
  const { initialAdapter } = settings.adapter;
  const begun =
    initialAdapter === undefined ? undefined : trainableConfig(inFolder(initialAdapter), folder);
  // Triplets of an AdaLoRA adapter that were not pruned.
  const parts = trainedParts(settings, folder, placeOf, begun?.adalora?.kept);
  const initial =
    initialAdapter === undefined
      ? undefined
      : await readAdapterValues(
          inFolder(initialAdapter),
          { modules: parts.adapters, trainedTensors: parts.trainedTensors },
          folder,
        );
  const data = await openTrainingData(settings, inFolder, { folder, tokenizer });
  checkSchedule(settings, data.steps, placeOf);
  const { lowRank, trainedTensors } = withSteps(parts, data.steps);
  const adapters = initial?.modules ?? parts.adapters;
  const values = { initialValues: initial?.values };
  return { settings, folder, tokenizer, lowRank, adapters, trainedTensors, ...values, data };
}

/** Refuses an adapter of embeddings or head: what it makes of them is computed when it is read, and not trained. */
function trainableConfig(adapter: string, folder: ModelFolder): PeftConfig {
  const { config, base, tables } = readAdapterModules(adapter, folder);
  const { file } = config;
  const [table] = tables;
  if (table !== undefined) {
    const reason = 'its update is applied but not trained here';
    const value = `"${table.name}"`;
    throw new Failure('adapter-unsupported', { file, field: 'target_modules', value, reason });
  }
  if (base === folder) return config;
  const reason = 'a copy of embeddings that the model shares is applied but not trained here';
  const field = 'ensure_weight_tying';
  throw new Failure('adapter-unsupported', { file, field, value: 'false', reason });
}

/** AdaLoRA's adapters tell how long their schedule was. */
function withSteps(parts: RunParts, steps: number): RunParts {
  const { lowRank } = parts;
  if (!lowRank?.adalora) return parts;
  return { ...parts, lowRank: { ...lowRank, adalora: { ...lowRank.adalora, steps } } };
}

export function engineSpec(
  prepared: PreparedRun,
  reserve: EngineSpec['reserve'],
): Partial<EngineSpec> {
  const { settings, adapters } = prepared;
  const { projectionSeed: seed, initialD } = settings.adapter;
  const dtype = drawnDType(adapters, prepared.folder);
  return {
    adapters,
    ...(prepared.lowRank?.vera && { projection: { seed, initialD, dtype } }),
    trainedTensors: prepared.trainedTensors,
    training: true,
    activationCheckpointing: settings.training.activationCheckpointing,
    keepsStored: settings.training.baseWeights === 'stored',
    detachNorm: settings.adapter.detachNorm,
    ...engineStates(settings.training),
    init: settings.adapter.init === 'pissa' ? 'default' : settings.adapter.init,
    seed: settings.training.seed,
    threads: settings.threads,
    reserve,
  };
}

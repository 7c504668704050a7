// Everything a run needs before its first step, read and checked without the engine. Whoever starts a run
// calls this first, so that bad input is refused before anything exists.
import { dirname, resolve } from 'node:path';
import type { ExperimentSettings } from '../shared/experiment';
import type { ModelFolder } from '../model/folder';
import { readModelFolder } from '../model/folder';
import type { TokenizerFolder } from '../model/tokenizer';
import type { EngineSpec } from './addon';
import type { PlaceOf } from './lowRank';
import { openTokenizer } from './openModel';
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
  const parts = trainedParts(settings, folder, placeOf);
  const { initialAdapter } = settings.adapter;
  const initialValues =
    initialAdapter === undefined
      ? undefined
      : await readAdapterValues(
          inFolder(initialAdapter),
          { modules: parts.adapters, trainedTensors: parts.trainedTensors },
          folder,
        );
  const data = await openTrainingData(settings, inFolder, { folder, tokenizer });
  return { settings, folder, tokenizer, ...parts, initialValues, data };
}

export function engineSpec(prepared: PreparedRun): Partial<EngineSpec> {
  const { settings, adapters } = prepared;
  const { projectionSeed: seed, initialD } = settings.adapter;
  const dtype = drawnDType(adapters, prepared.folder);
  return {
    adapters,
    ...(prepared.lowRank?.vera && { projection: { seed, initialD, dtype } }),
    trainedTensors: prepared.trainedTensors,
    training: true,
    activationCheckpointing: settings.training.activationCheckpointing,
    detachNorm: settings.adapter.detachNorm,
    ...engineStates(settings.training),
    seed: settings.training.seed,
    threads: settings.threads,
  };
}

// What a run trains of a model, from its settings: adapter modules, tensors of the base, or both.
import type { ModelLayout } from '../model/layout';
import { quantizationOf, type ExperimentSettings } from '../shared/experiment';
import type { AdapterModule } from './addon';
import {
  adapterModules,
  lowRankConfig,
  trainedTensors,
  type LowRankConfig,
  type PlaceOf,
} from './lowRank';
import type { TrainedModel } from './memory/activationBytes';

export interface RunParts {
  /** Undefined for full fine-tuning. */
  lowRank: LowRankConfig | undefined;
  adapters: AdapterModule[];
  trainedTensors: string[];
}

/** Throws the first Failure of what the model does not have. */
export function trainedParts(
  settings: ExperimentSettings,
  layout: ModelLayout,
  placeOf: PlaceOf,
): RunParts {
  const lowRank = settings.method === 'full' ? undefined : lowRankConfig(settings);
  return {
    lowRank,
    adapters: lowRank ? adapterModules(lowRank, layout, placeOf) : [],
    trainedTensors: lowRank ? [] : trainedTensors(settings.train, layout, placeOf),
  };
}

/** What memory and work of a step are estimated from. */
export function trainedModel(
  settings: ExperimentSettings,
  layout: ModelLayout,
  { adapters, trainedTensors: tensors }: Pick<RunParts, 'adapters' | 'trainedTensors'>,
): TrainedModel {
  const { adapter, training } = settings;
  return {
    ...{ layout, adapters, trainedTensors: tensors, quantization: quantizationOf(settings) },
    activationCheckpointing: training.activationCheckpointing,
    detachNorm: adapter.detachNorm,
  };
}

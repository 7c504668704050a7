// What a run trains of a model, from its settings: adapter modules, tensors of the base, or both.
import type { ModelLayout } from '../model/layout';
import { quantizationOf, usualQuantization, type ExperimentSettings } from '../shared/experiment';
import { Failure } from '../shared/failures';
import type { KeptTriplets } from './adalora/adaloraConfig';
import type { AdapterModule } from './addon';
import {
  adapterModules,
  lowRankConfig,
  trainedTensors,
  type LowRankConfig,
  type PlaceOf,
} from './lowRank';
import type { TrainedModel } from './memory/activationBytes';
import { isNothing, savedByParts, savedTensors } from './savedTensors';
import { quantizationName } from './quantized/quantizationName';

export interface RunParts {
  /** Undefined for full fine-tuning. */
  lowRank: LowRankConfig | undefined;
  adapters: AdapterModule[];
  trainedTensors: string[];
}

/** Throws the first Failure of what the model does not have. `kept`: of the AdaLoRA adapter that the run begins with. */
export function trainedParts(
  settings: ExperimentSettings,
  layout: ModelLayout,
  placeOf: PlaceOf,
  kept?: KeptTriplets,
): RunParts {
  checkBase(settings, layout, placeOf);
  if (settings.method === 'full') {
    const tensors = trainedTensors(settings.train, layout, placeOf);
    return { lowRank: undefined, adapters: [], trainedTensors: tensors };
  }
  const saved = savedByParts(settings.adapter.alsoTrain, layout);
  const config = withKept(lowRankConfig(settings), kept);
  const lowRank = { ...config, ...(!isNothing(saved) && { saved }) };
  const adapters = adapterModules(lowRank, layout, placeOf);
  return {
    lowRank,
    adapters,
    trainedTensors: alsoTrained(settings, layout, { adapters, placeOf }),
  };
}

/** Tensors of the base that are trained beside an adapter. */
export function alsoTrained(
  { method, adapter }: ExperimentSettings,
  layout: ModelLayout,
  { adapters, placeOf }: { adapters: readonly AdapterModule[]; placeOf: PlaceOf },
): string[] {
  const setting = 'adapter.alsoTrain';
  if (adapter.alsoTrain.includes('biases') && !hasBiases(layout)) {
    const problem = 'the model has none';
    throw new Failure('part-missing', { ...placeOf(setting), setting, part: 'biases', problem });
  }
  const saved = savedByParts(adapter.alsoTrain, layout);
  const shared = adapter.alsoTrain.find((part) => part === 'embeddings' || part === 'head');
  if (shared !== undefined && saved.tied && method === 'vera') {
    const problem =
      "the model's head shares its embeddings, of which PEFT's VeRA trains two copies; dvora, adalora, lora and dora go on sharing them";
    throw new Failure('part-missing', { ...placeOf(setting), setting, part: shared, problem });
  }
  return savedTensors(saved, layout, { adapted: adapters, file: placeOf(setting).file });
}

function hasBiases({ tensors }: ModelLayout): boolean {
  return Object.keys(tensors).some((name) => name.endsWith('.bias'));
}

function withKept(config: LowRankConfig, kept: KeptTriplets | undefined): LowRankConfig {
  return config.adalora && kept ? { ...config, adalora: { ...config.adalora, kept } } : config;
}

/** A base that is quantised already is used as it is: the settings may not say otherwise. */
function checkBase(
  settings: ExperimentSettings,
  { quantization: found }: ModelLayout,
  placeOf: PlaceOf,
): void {
  if (found === undefined) return;
  const { method, model } = settings;
  const wanted = quantizationOf(settings);
  if (wanted === undefined)
    throw new Failure('base-quantized', { ...placeOf('method'), method, model });
  const isUsual = wanted.blockSize === usualQuantization.blockSize && !wanted.double;
  const [said, is] = [quantizationName(wanted), quantizationName(found)];
  if (isUsual || said === is) return;
  throw new Failure('quantization-contradicted', { ...placeOf('quantization'), said, is, model });
}

/** What the engine keeps of each trained tensor beside value and gradient. */
export function engineStates({
  optimizer,
  ema,
}: ExperimentSettings['training']): TrainedModel['states'] {
  return { eightBitMoments: optimizer === 'adamw8bit', averages: ema > 0 };
}

/** What memory and work of a step are estimated from. */
export function trainedModel(
  settings: ExperimentSettings,
  layout: ModelLayout,
  { adapters, trainedTensors: tensors }: Pick<RunParts, 'adapters' | 'trainedTensors'>,
): TrainedModel {
  const { adapter, training } = settings;
  const quantization = layout.quantization ?? quantizationOf(settings);
  return {
    ...{ layout, adapters, trainedTensors: tensors, quantization },
    activationCheckpointing: training.activationCheckpointing,
    keepsStored: training.baseWeights === 'stored',
    detachNorm: adapter.detachNorm,
    states: engineStates(training),
  };
}

// Learning rates that differ between the parameters of an adapter: LoRA+ and DoRA's magnitudes.
import type { ExperimentSettings } from '../shared/experiment';
import type { ParameterInfo } from './addon';

export interface RateSettings {
  adapter: Pick<ExperimentSettings['adapter'], 'loraPlusRatio' | 'magnitudeLearningRate'>;
  training: Pick<ExperimentSettings['training'], 'learningRate'>;
}

/** A factor of the step's learning rate for each parameter; undefined when all have the same. */
export function learningRates(
  { adapter, training }: RateSettings,
  parameters: readonly Pick<ParameterInfo, 'name'>[],
): Float32Array | undefined {
  const { loraPlusRatio, magnitudeLearningRate = training.learningRate } = adapter;
  const magnitude = magnitudeLearningRate / (training.learningRate || 1);
  if (loraPlusRatio === 1 && magnitudeLearningRate === training.learningRate) return undefined;
  return Float32Array.from(parameters, ({ name }) => {
    if (name.endsWith('.lora_magnitude_vector')) return magnitude;
    return /\.lora_B(\.weight)?$/.test(name) ? loraPlusRatio : 1;
  });
}

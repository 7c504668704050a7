// What an estimate of memory has to know of where a run computes.
import type { ExperimentSettings } from '../../shared/experiment';

export interface TensorPlace {
  /** Tensors share their memory with the program; otherwise they lie on a device of their own. */
  isHost: boolean;
  /** Of what flows through the model and its gradient. */
  activations: 'f32' | 'bf16';
}

export const onProcessor: TensorPlace = { isHost: true, activations: 'f32' };
export const onGpu: TensorPlace = { isHost: false, activations: 'bf16' };

/** As an experiment asks for it, before anybody looks at the machine. */
export function askedPlace({ device }: Pick<ExperimentSettings, 'device'>): TensorPlace {
  return device === 'cuda' ? onGpu : onProcessor;
}

export function bytesOfActivation({ activations }: TensorPlace): number {
  return activations === 'bf16' ? 2 : 4;
}

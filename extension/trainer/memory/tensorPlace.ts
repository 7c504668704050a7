// What an estimate of memory has to know of where a run computes.
import type { ExperimentSettings } from '../../shared/experiment';

type WantedDevice = Pick<ExperimentSettings, 'device' | 'gpu'>;
/** Whether the machine has a GPU of this number (-1: any) that can be used. */
export type HasGpu = (wanted: number) => boolean;

export interface TensorPlace {
  /** Tensors share their memory with the program; otherwise they lie on a device of their own. */
  isHost: boolean;
  /** Of what flows through the model and its gradient. */
  activations: 'f32' | 'bf16';
}

export const onProcessor: TensorPlace = { isHost: true, activations: 'f32' };
export const onGpu: TensorPlace = { isHost: false, activations: 'bf16' };

/** Where a run of these settings would compute, before it is started; `hasGpu` is asked where they leave it open. */
export function expectedPlace({ device, gpu }: WantedDevice, hasGpu: HasGpu): TensorPlace {
  return device === 'cuda' || (device === 'auto' && hasGpu(gpu)) ? onGpu : onProcessor;
}

export function bytesOfActivation({ activations }: TensorPlace): number {
  return activations === 'bf16' ? 2 : 4;
}

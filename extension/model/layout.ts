// What a configuration alone tells of a model: its tensors' shapes, its linear modules, its size. No weights are needed.
import { expectedTensors, linearModules, type LinearModule } from './architecture';
import type { ModelConfig } from './config';
import type { DType, ModelShape, Quantization } from '../shared/engineTypes';

export interface ModelLayout {
  config: ModelConfig;
  shape: ModelShape;
  /** What the engine needs and no more, by Hugging Face name. */
  tensors: Readonly<Record<string, { shape: number[]; dtype?: DType | 'nf4' }>>;
  linears: LinearModule[];
  /** Values in all tensors. */
  parameters: number;
  /** Of a folder whose matrices are quantised already. */
  quantization?: Quantization;
}

export function layoutOf(config: ModelConfig): ModelLayout {
  const expected = expectedTensors(config);
  return {
    config,
    shape: config.shape,
    tensors: Object.fromEntries(expected.map(({ name, shape }) => [name, { shape }])),
    linears: linearModules(config),
    parameters: expected.reduce((sum, { shape }) => sum + valuesOf(shape), 0),
  };
}

export function valuesOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

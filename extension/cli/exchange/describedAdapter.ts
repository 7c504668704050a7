// What a PEFT adapter is, from its configuration and its tensors.
import { moduleLayer, moduleType, sortedTypes } from '../../shared/modules';
import type { AdapterFolder } from '../../trainer/openModel';

export interface DescribedAdapter {
  /** lora, dora, ... */
  method: string;
  /** Of its modules, each once, ascending. */
  ranks: number[];
  modules: number;
  layers: number;
  /** q_proj, up_proj, ... */
  targets: string[];
  /** Values in all of its tensors. */
  parameters: number;
}

export function describeAdapter({ config, modules, values }: AdapterFolder): DescribedAdapter {
  const layers = new Set(modules.map(({ name }) => moduleLayer(name)));
  const types = new Set(modules.map(({ name }) => moduleType(name)));
  return {
    method: config.dora ? 'dora' : 'lora',
    ranks: [...new Set(modules.map(({ rank }) => rank))].sort((a, b) => a - b),
    modules: modules.length,
    layers: layers.size,
    targets: sortedTypes(types),
    parameters: [...values.values()].reduce((sum, { length }) => sum + length, 0),
  };
}

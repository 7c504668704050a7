// What a PEFT adapter is, from its configuration and its tensors.
import { moduleLayer, moduleType, sortedTypes } from '../../shared/modules';
import { methodOf } from '../../trainer/lowRank';
import type { AdapterFolder } from '../../trainer/openModel';
import { isShared } from '../../trainer/vera/sharedMatrices';

export interface DescribedAdapter {
  /** lora, dora, ... */
  method: string;
  /** Of its modules, each once, ascending. */
  ranks: number[];
  modules: number;
  layers: number;
  /** q_proj, up_proj, ... */
  targets: string[];
  /** Values in all of its tensors, what VeRA's modules share not among them. */
  parameters: number;
}

export function describeAdapter({ config, modules, values }: AdapterFolder): DescribedAdapter {
  const layers = new Set(modules.map(({ name }) => moduleLayer(name)));
  const types = new Set(modules.map(({ name }) => moduleType(name)));
  return {
    method: methodOf(config),
    ranks: [...new Set(modules.map(({ rank }) => rank))].sort((a, b) => a - b),
    modules: modules.length,
    layers: layers.size,
    targets: sortedTypes(types),
    parameters: [...values].reduce(
      (sum, [name, { length }]) => sum + (isShared(name) ? 0 : length),
      0,
    ),
  };
}

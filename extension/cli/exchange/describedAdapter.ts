// What a PEFT adapter is, from its configuration and its tensors.
import { valuesOf } from '../../model/layout';
import { moduleLayer, moduleType, sortedTypes } from '../../shared/modules';
import { biasTensor } from '../../trainer/biasUpdates';
import { methodOf } from '../../trainer/lowRank';
import type { AdapterFolder } from '../../trainer/openModel';
import { tableTensors, tableWeights } from '../../trainer/tableUpdates';
import { rowsTensor } from '../../trainer/tokenRows';
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

export function describeAdapter(adapter: AdapterFolder): DescribedAdapter {
  const { config, values, tables, rows } = adapter;
  const modules = [...adapter.modules, ...tables];
  const layers = new Set(adapter.modules.map(({ name }) => moduleLayer(name)));
  const types = new Set(modules.map(({ name }) => moduleType(name)));
  const folded = tableWeights([...tables, ...rows]);
  const own = [...values].filter(([name]) => !isShared(name) && !folded.has(name));
  return {
    method: methodOf(config),
    ranks: [...new Set(modules.map(({ rank }) => rank))].sort((a, b) => a - b),
    modules: modules.length,
    layers: layers.size,
    targets: sortedTypes(types),
    parameters: own.reduce((sum, [, { length }]) => sum + length, 0) + foldedValues(adapter),
  };
}

/** Values of an adapter's file that are part of other tensors when it is read. */
export function foldedValues({
  base,
  tables,
  rows,
  biases,
}: Pick<AdapterFolder, 'base' | 'tables' | 'rows' | 'biases'>): number {
  const tensors = [
    ...tables.flatMap((table) => tableTensors(table, base)),
    ...rows.map((one) => rowsTensor(one, base)),
    // Without a bias of the adapter's own beside it, the folded one is of its size.
    ...biases
      .filter(({ below }) => below === 'adapter')
      .map(({ module }) => biasTensor(module, base)),
  ];
  return tensors.reduce((sum, { shape }) => sum + valuesOf(shape), 0);
}

// A bias on LoRA's B (PEFT's lora_bias), which every token gets scaled as the update is: it is added to the module's own bias
// when the adapter is read.
import type { ModelFolder } from '../model/folder';
import { readTensor } from '../model/readTensor';
import { Failure } from '../shared/failures';
import type { AdapterModule } from './addon';
import type { PeftConfig } from './peftConfig';
import { readFiniteTensor, type AdapterTensor, type ModuleTensor } from './peftTensors';

export interface BiasUpdate {
  module: AdapterModule;
  /** Who has the bias that it is added to. */
  below: 'adapter' | 'base' | 'nobody';
}

/** Those of an adapter; `saved`: tensors of the base that it holds. */
export function biasUpdates(
  config: PeftConfig,
  { modules, tables }: { modules: readonly AdapterModule[]; tables: readonly AdapterModule[] },
  { base, saved }: { base: ModelFolder; saved: readonly string[] },
): BiasUpdate[] {
  const { file, dora, loraBias } = config;
  if (loraBias !== true) return [];
  const [table] = tables;
  if (dora || table !== undefined) {
    const reason = dora
      ? 'PEFT has no such bias beside magnitudes ("use_dora")'
      : `${table?.name ?? ''} has no bias in any model that is run here`;
    throw new Failure('adapter-unsupported', { file, field: 'lora_bias', value: 'true', reason });
  }
  return modules.map((module) => {
    const bias = `${module.name}.bias`;
    const inBase = bias in base.tensors ? 'base' : 'nobody';
    return { module, below: saved.includes(bias) ? 'adapter' : inBase };
  });
}

function updateName({ name }: AdapterModule): string {
  return `${name}.lora_B.bias`;
}

export function biasTensor(module: AdapterModule, { linears }: ModelFolder): ModuleTensor {
  const { name } = module;
  const out = linears.find((linear) => linear.name === name)?.out ?? 0;
  return { name: updateName(module), shape: [out] };
}

/** The module's bias with the update's. `own`: what the adapter has of the module's. */
export function foldedBias(
  { module, below }: BiasUpdate,
  { update, own }: { update: AdapterTensor; own: AdapterTensor | undefined },
  { tensors }: ModelFolder,
): AdapterTensor {
  const { name, scale } = module;
  const source = below === 'base' ? tensors[`${name}.bias`] : undefined;
  const read = async (): Promise<Float32Array> => {
    const values = await readFiniteTensor(update);
    const inBase =
      source === undefined || source.dtype === 'nf4' ? undefined : await readTensor(source);
    const start = own === undefined ? inBase : await readFiniteTensor(own);
    return values.map((value, i) => scale * value + (start?.[i] ?? 0));
  };
  const blocks = async function* (): AsyncGenerator<Float32Array> {
    yield await read();
  };
  const parts = new Map([[updateName(module), update]]);
  if (own !== undefined) parts.set(`${name}.bias`, own);
  return { file: update.file, key: update.key, parts, blocks, read };
}

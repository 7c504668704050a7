// adapter_model.safetensors of a PEFT adapter. What is missing, unexpected, of another shape or not a number
// is refused by name: PEFT itself would drop it with a warning.
import { join } from 'node:path';
import { Failure } from '../shared/failures';
import type { ModelFolder } from '../model/folder';
import { readTensor, sourceOf } from '../model/readTensor';
import { readHeader, type SafetensorsHeader } from '../model/safetensorsHeader';
import type { AdapterModule } from './addon';

export const tensorFile = 'adapter_model.safetensors';
export const peftPrefix = 'base_model.model.';
const magnitude = 'lora_magnitude_vector';

/** Engine parameter name to its values. */
export type AdapterValues = Map<string, Float32Array>;

/** Reads the values of `modules`, exactly those. */
export async function readAdapterValues(
  folder: string,
  modules: AdapterModule[],
  model: ModelFolder,
): Promise<AdapterValues> {
  const header = readHeader(join(folder, tensorFile));
  const stored = storedNames(header);
  const values: AdapterValues = new Map();
  const missing: string[] = [];
  for (const { name, shape } of expectedParameters(modules, model)) {
    const key = stored.get(name);
    stored.delete(name);
    if (key === undefined) missing.push(name);
    else values.set(name, await readChecked(header, key, shape));
  }
  const [unexpected] = stored.keys();
  if (unexpected !== undefined) throw refuseUnexpected(header.file, stored, modules);
  if (missing[0] !== undefined) {
    const tensor = peftPrefix + missing[0];
    throw new Failure('adapter-missing', { file: header.file, tensor, others: missing.length - 1 });
  }
  return values;
}

/** Engine parameter name to the name in the file; magnitudes are found with and without `.weight`. */
function storedNames(header: SafetensorsHeader): Map<string, string> {
  const names = new Map<string, string>();
  for (const key of header.tensors.keys()) {
    const name = key.startsWith(peftPrefix) ? key.slice(peftPrefix.length) : key;
    names.set(name.endsWith(`${magnitude}.weight`) ? name.slice(0, -'.weight'.length) : name, key);
  }
  return names;
}

function expectedParameters(
  modules: AdapterModule[],
  { linears }: ModelFolder,
): { name: string; shape: number[] }[] {
  const linearOf = new Map(linears.map((linear) => [linear.name, linear]));
  return modules.flatMap((module) => {
    const linear = linearOf.get(module.name);
    if (linear === undefined) throw new Error(`${module.name} is no linear module`);
    return [
      { name: `${module.name}.lora_A.weight`, shape: [module.rank, linear.in] },
      { name: `${module.name}.lora_B.weight`, shape: [linear.out, module.rank] },
      ...(module.magnitude ? [{ name: `${module.name}.${magnitude}`, shape: [linear.out] }] : []),
    ];
  });
}

async function readChecked(
  header: SafetensorsHeader,
  key: string,
  shape: number[],
): Promise<Float32Array> {
  const source = sourceOf(header, key);
  if (source === undefined) throw new Error(`${key} was listed but has no source`);
  const refused = (problem: string): Failure =>
    new Failure('adapter-tensor', { file: header.file, tensor: key, problem });
  if (source.shape.join() !== shape.join()) {
    const found = source.shape.join(', ');
    throw refused(
      `has the shape [${found}], but the model and the rank ask for [${shape.join(', ')}]`,
    );
  }
  const values = await readTensor(source);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw refused(`has ${String(values[wrong])} at position ${wrong}`);
  return values;
}

function refuseUnexpected(
  file: string,
  unexpected: Map<string, string>,
  modules: AdapterModule[],
): Failure {
  const [name, tensor] = [...unexpected][0] ?? ['', ''];
  const problem =
    name.endsWith(magnitude) && modules.some((module) => !module.magnitude)
      ? 'it is a DoRA magnitude, but "use_dora" is false'
      : 'no module of this adapter and model takes it';
  return new Failure('adapter-unexpected', { file, tensor, others: unexpected.size - 1, problem });
}

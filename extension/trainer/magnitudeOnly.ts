// DoRA's modules with a magnitude alone (arXiv 2402.09353, Table 6) in PEFT's files, which know no module without A and B:
// they have a pair of rank 1 that is zero. No gradient ever reaches such a pair, so PEFT trains the magnitude alone as well.
import type { ModelFolder } from '../model/folder';
import { valuesOf } from '../model/layout';
import type { TensorToWrite } from '../model/safetensorsWriter';
import type { AdapterModule, Engine } from './addon';
import { moduleTensors, peftPrefix, type AdapterValues } from './peftTensors';

/** Such a module as the engine takes it. */
export function magnitudeModule(name: string): AdapterModule {
  return { name, kind: 'lora', rank: 0, scale: 1, dropout: 0, magnitude: true };
}

/** The pairs of such modules of the engine. */
export function nothingTensors(
  { parameters }: Pick<Engine, 'parameters'>,
  { linears }: Pick<ModelFolder, 'linears'>,
): TensorToWrite[] {
  const names = new Set(parameters.map(({ name }) => name));
  const hasMagnitude = (module: string): boolean => names.has(`${module}.lora_magnitude_vector`);
  const hasUpdate = (module: string): boolean =>
    names.has(`${module}.lora_A.weight`) || names.has(`${module}.vera_lambda_b`);
  return linears.flatMap((linear) => {
    const { name } = linear;
    if (!hasMagnitude(name) || hasUpdate(name)) return [];
    // The engine has the magnitude; the file lacks the pair alone.
    const module = { ...magnitudeModule(name), magnitude: false };
    return moduleTensors(module, linear).map(({ name: tensor, shape }): TensorToWrite => {
      const zeros = new Float32Array(valuesOf(shape));
      const content = (): Promise<Float32Array> => Promise.resolve(zeros);
      return { name: peftPrefix + tensor, dtype: 'f32', shape, content };
    });
  });
}

/** The module as the engine takes it; its pair leaves `values` when it is zero. */
export function withoutNothing(module: AdapterModule, values: AdapterValues): AdapterModule {
  if (!module.magnitude || module.kind !== 'lora' || module.rank !== 1) return module;
  const pair = ['lora_A', 'lora_B'].map((part) => `${module.name}.${part}.weight`);
  if (!pair.every((name) => values.get(name)?.every((value) => value === 0))) return module;
  for (const name of pair) values.delete(name);
  return { ...module, rank: 0 };
}

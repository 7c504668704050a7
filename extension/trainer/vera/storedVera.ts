// What a checkpoint of VeRA and DVoRA holds beside the trained vectors: the shared matrices, and DVoRA's update in the form
// of PEFT's DoRA.
import type { LinearModule } from '../../model/architecture';
import type { ModelFolder } from '../../model/folder';
import { valuesOf } from '../../model/layout';
import type { TensorToWrite } from '../../model/safetensorsWriter';
import type { Engine } from '../addon';
import { peftPrefix } from '../peftTensors';
import { moduleOf } from '../savedTensors';
import { scaledA, scaledB } from './loraForm';
import {
  fingerprintKey,
  fingerprintOf,
  sharedNames,
  sharedPrefix,
  sharedShape,
  sharedSize,
  type SharedMatrices,
  type SharedSize,
} from './sharedMatrices';
import type { VeraConfig } from './veraConfig';

const floatBytes = 4;

interface AdaptedLinear extends LinearModule {
  rank: number;
}

/** The linear modules that the engine adapts by VeRA. */
function adapted({ parameters }: Engine, { linears }: ModelFolder): AdaptedLinear[] {
  const rankOf = new Map(parameters.map(({ name, shape }) => [name, shape[0] ?? 0]));
  return linears.flatMap((linear) => {
    const rank = rankOf.get(`${linear.name}.vera_lambda_d`);
    return rank === undefined ? [] : [{ ...linear, rank }];
  });
}

function sizeOf(engine: Engine, folder: ModelFolder): SharedSize {
  const modules = adapted(engine, folder).map(({ name, rank }) => {
    return { name, rank, kind: 'vera' as const };
  });
  const size = sharedSize(modules, folder.linears);
  if (size === undefined) throw new Error('the engine has no module of VeRA');
  return size;
}

/** The shared matrices as tensors of the file, or what tells them apart in its metadata. */
export async function veraContent(
  engine: Engine,
  folder: ModelFolder,
  { saveProjection }: VeraConfig,
): Promise<{ tensors: TensorToWrite[]; metadata: Record<string, string> }> {
  if (!saveProjection) {
    return { tensors: [], metadata: { [fingerprintKey]: fingerprintOf(await readShared(engine)) } };
  }
  const size = sizeOf(engine, folder);
  const tensors = sharedNames.map((name): TensorToWrite => {
    const content = (): Promise<Float32Array> => engine.read('value', name);
    return { name: sharedPrefix + name, dtype: 'f32', shape: sharedShape(name, size), content };
  });
  return { tensors, metadata: {} };
}

async function readShared(engine: Engine): Promise<SharedMatrices> {
  return { a: await engine.read('value', 'vera_A'), b: await engine.read('value', 'vera_B') };
}

/** A' = diag(d) A, B' = diag(b) B and the magnitude of each module, computed as they are written. */
export async function doraTensors(engine: Engine, folder: ModelFolder): Promise<TensorToWrite[]> {
  const shared = await readShared(engine);
  return adapted(engine, folder).flatMap(({ name, in: columns, out, rank }): TensorToWrite[] => {
    const read = (part: string): Promise<Float32Array> => engine.read('value', `${name}.${part}`);
    const tensor = (
      part: string,
      shape: number[],
      content: () => Promise<Float32Array>,
    ): TensorToWrite => ({ name: `${peftPrefix}${name}.${part}`, dtype: 'f32', shape, content });
    return [
      tensor('lora_A.weight', [rank, columns], async () =>
        scaledA(shared.a, await read('vera_lambda_d'), columns),
      ),
      tensor('lora_B.weight', [out, rank], async () =>
        scaledB(shared.b, await read('vera_lambda_b'), rank),
      ),
      tensor('lora_magnitude_vector', [out], () => read('lora_magnitude_vector')),
    ];
  });
}

/** Room that all this takes. */
export function veraBytes(engine: Engine, folder: ModelFolder, isDvora: boolean): number {
  const size = sizeOf(engine, folder);
  const shared = sharedNames.reduce((sum, name) => sum + valuesOf(sharedShape(name, size)), 0);
  if (!isDvora) return floatBytes * shared;
  const pairs = adapted(engine, folder).reduce(
    (sum, linear) => sum + linear.rank * (linear.in + linear.out) + linear.out,
    0,
  );
  // Parts of the model are in both files.
  const saved = engine.parameters.filter(({ name }) => moduleOf(name) === undefined);
  const twice = saved.reduce((sum, { shape }) => sum + valuesOf(shape), 0);
  return floatBytes * (shared + pairs + twice);
}

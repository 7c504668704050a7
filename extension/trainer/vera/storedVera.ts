// What a checkpoint of VeRA and DVoRA holds beside the trained vectors: the shared matrices.
import type { ModelFolder } from '../../model/folder';
import { valuesOf } from '../../model/layout';
import type { TensorToWrite } from '../../model/safetensorsWriter';
import type { Engine } from '../addon';
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

function sizeOf({ parameters }: Engine, { linears }: ModelFolder): SharedSize {
  const rankOf = new Map(parameters.map(({ name, shape }) => [name, shape[0] ?? 0]));
  const modules = linears.flatMap(({ name }) => {
    const rank = rankOf.get(`${name}.vera_lambda_d`);
    return rank === undefined ? [] : [{ name, rank, kind: 'vera' as const }];
  });
  const size = sharedSize(modules, linears);
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

/** Room that the shared matrices take. */
export function veraBytes(engine: Engine, folder: ModelFolder): number {
  const size = sizeOf(engine, folder);
  return floatBytes * sharedNames.reduce((sum, name) => sum + valuesOf(sharedShape(name, size)), 0);
}

// VeRA's shared A (rank, most inputs) and B (most outputs, rank): how large they are for a model's adapted modules, and what
// a seed makes of them.
import { createHash } from 'node:crypto';
import type { ModelFolder } from '../../model/folder';
import type { LinearModule } from '../../model/architecture';
import type { AdapterModule, ProjectionSize } from '../addon';
import { asFailure } from '../engineFailure';
import { loadAddon } from '../loadAddon';

/** Their names in the engine, and without the prefix in PEFT's files. */
export const sharedNames = ['vera_A', 'vera_B'] as const;
export type SharedName = (typeof sharedNames)[number];
export const sharedPrefix = 'base_model.';

/** In the engine or in a file. */
export function isShared(name: string): boolean {
  return sharedNames.some((one) => name === one || name === sharedPrefix + one);
}

export interface SharedMatrices {
  a: Float32Array;
  b: Float32Array;
}

export type SharedSize = Pick<ProjectionSize, 'rank' | 'in' | 'out'>;

/** Undefined without a module of VeRA. */
export function sharedSize(
  modules: readonly Pick<AdapterModule, 'name' | 'kind' | 'rank'>[],
  linears: readonly LinearModule[],
): SharedSize | undefined {
  const shared = modules.filter(({ kind }) => kind === 'vera');
  const [first] = shared;
  if (first === undefined) return undefined;
  const names = new Set(shared.map(({ name }) => name));
  const own = linears.filter(({ name }) => names.has(name));
  return {
    rank: first.rank,
    in: Math.max(...own.map((linear) => linear.in)),
    out: Math.max(...own.map(({ out }) => out)),
  };
}

export function sharedShape(name: SharedName, size: SharedSize): number[] {
  return name === 'vera_A' ? [size.rank, size.in] : [size.out, size.rank];
}

/** Of the first adapted weight, through whose type PEFT moves what it drew. */
export function drawnDType(
  [first]: readonly Pick<AdapterModule, 'name'>[],
  { tensors }: Pick<ModelFolder, 'tensors'>,
): ProjectionSize['dtype'] {
  const dtype = tensors[`${first?.name ?? ''}.weight`]?.dtype;
  return dtype === undefined || dtype === 'nf4' ? 'f32' : dtype;
}

export async function drawShared(size: ProjectionSize): Promise<SharedMatrices> {
  try {
    return await loadAddon().drawProjection(size);
  } catch (error) {
    throw asFailure(error);
  }
}

/** In the metadata of a file that leaves the matrices out: a SHA-256 of their bytes. */
export const fingerprintKey = 'adapter_lab_vera_projection';

export function fingerprintOf({ a, b }: SharedMatrices): string {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of [a, b])
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex');
}

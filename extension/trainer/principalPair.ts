// PiSSA (arXiv 2404.02948) on disk, as PEFT converts it: the weight that was trained on is W - s B0 A0, so the update of W
// is s (B A - B0 A0), a plain adapter of twice the rank: A over A0, B beside -B0. Any reader applies it to the whole W.
import { join } from 'node:path';
import { readTensor, sourceOf } from '../model/readTensor';
import { readHeader } from '../model/safetensorsHeader';
import { peftFiles } from '../runs/adapterFolder';
import { Failure } from '../shared/failures';
import type { AdapterModule, Engine, ParameterInfo, PrincipalPair } from './addon';
import type { LowRankConfig } from './lowRank';
import { peftPrefix } from './peftTensors';

/** The same scale for twice the rank. */
export function doubledConfig(config: LowRankConfig): LowRankConfig {
  const factor = config.rslora ? Math.SQRT2 : 2;
  const times = (pattern: Record<string, number>, by: number): Record<string, number> =>
    Object.fromEntries(Object.entries(pattern).map(([key, value]) => [key, by * value]));
  return {
    ...config,
    rank: 2 * config.rank,
    alpha: factor * config.alpha,
    rankPattern: times(config.rankPattern, 2),
    alphaPattern: times(config.alphaPattern, factor),
    principal: false,
  };
}

type Side = 'a' | 'b' | undefined;

function sideOf({ name }: Pick<ParameterInfo, 'name'>): Side {
  if (name.endsWith('.lora_A.weight')) return 'a';
  return name.endsWith('.lora_B.weight') ? 'b' : undefined;
}

/** Shape of a parameter in the file. */
export function doubledShape(parameter: ParameterInfo): number[] {
  const [rows = 0, columns = 0] = parameter.shape;
  const side = sideOf(parameter);
  if (side === undefined) return parameter.shape;
  return side === 'a' ? [2 * rows, columns] : [rows, 2 * columns];
}

/** A parameter's values with those that it began with. */
export async function doubledValues(
  engine: Engine,
  parameter: ParameterInfo,
  values: Float32Array,
): Promise<Float32Array> {
  const side = sideOf(parameter);
  if (side === undefined) return values;
  const start = await engine.read('start', parameter.name);
  const doubled = new Float32Array(2 * values.length);
  if (side === 'a') {
    doubled.set(values);
    doubled.set(start, values.length);
    return doubled;
  }
  const [, rank = 1] = parameter.shape;
  for (let first = 0; first < values.length; first += rank) {
    doubled.set(values.subarray(first, first + rank), 2 * first);
    for (let i = 0; i < rank; i += 1) doubled[2 * first + rank + i] = -(start[first + i] ?? NaN);
  }
  return doubled;
}

/** What the file holds of a parameter without that. */
export function ownValues(parameter: ParameterInfo, doubled: Float32Array): Float32Array {
  const side = sideOf(parameter);
  if (side === undefined) return doubled;
  if (side === 'a') return doubled.slice(0, doubled.length / 2);
  const [, rank = 1] = parameter.shape;
  return Float32Array.from({ length: doubled.length / 2 }, (_, i) => {
    const row = Math.floor(i / rank);
    return doubled[2 * rank * row + (i % rank)] ?? NaN;
  });
}

/**
 * Modules that go on from a checkpoint, with the pairs that its run began with: found again, on another machine, they would
 * have other bits, and the weight that training went on from would be another.
 */
export async function withPrincipalPairs(
  modules: readonly AdapterModule[],
  checkpoint: string,
): Promise<AdapterModule[]> {
  if (!modules.some(({ principal }) => principal)) return [...modules];
  const header = readHeader(join(checkpoint, peftFiles.tensors));
  const read = async (key: string, side: 0 | 1, rank: number): Promise<Float32Array> => {
    const source = sourceOf(header, key);
    if (source?.shape.length === 2 && source.shape[side] === 2 * rank) return readTensor(source);
    const problem = `${header.file} lacks the tensor ${key} of twice the rank ${rank}`;
    throw new Failure('checkpoint-unusable', { folder: checkpoint, problem });
  };
  const pairOf = async ({ name, rank }: AdapterModule): Promise<PrincipalPair> => {
    const key = `${peftPrefix}${name}`;
    const a = await read(`${key}.lora_A.weight`, 0, rank);
    const b = await read(`${key}.lora_B.weight`, 1, rank);
    return { a: a.slice(a.length / 2), b: rightHalf(b, rank).map((value) => -value) };
  };
  const known: AdapterModule[] = [];
  for (const module of modules)
    known.push(module.principal ? { ...module, principal: await pairOf(module) } : module);
  return known;
}

/** Of rows of twice the rank. */
function rightHalf(doubled: Float32Array, rank: number): Float32Array {
  const half = new Float32Array(doubled.length / 2);
  for (let first = 0; first < half.length; first += rank)
    half.set(doubled.subarray(2 * first + rank, 2 * first + 2 * rank), first);
  return half;
}

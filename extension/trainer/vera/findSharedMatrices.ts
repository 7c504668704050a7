// The shared matrices of a VeRA adapter: out of its file, or drawn again where the file leaves them out.
import { Failure } from '../../shared/failures';
import type { LinearModule } from '../../model/architecture';
import type { ModelFolder } from '../../model/folder';
import type { SafetensorsHeader } from '../../model/safetensorsHeader';
import type { AdapterModule } from '../addon';
import { readPeftConfig } from '../peftConfig';
import { storedTensor, type AdapterTensor } from '../peftTensors';
import {
  drawnDType,
  drawShared,
  fingerprintKey,
  fingerprintOf,
  sharedNames,
  sharedPrefix,
  sharedShape,
  sharedSize,
  type SharedMatrices,
  type SharedSize,
} from './sharedMatrices';

interface Found {
  header: SafetensorsHeader;
  /** Engine parameter name to the name in the file; what is found is taken out. */
  stored: Map<string, string>;
  modules: readonly AdapterModule[];
  linears: readonly LinearModule[];
  model: ModelFolder;
}

/** By name; none without a module of VeRA. Read once, however often they are asked for. */
export function findSharedMatrices(folder: string, found: Found): Map<string, AdapterTensor> {
  const { header, stored, modules, linears } = found;
  const size = sharedSize(modules, linears);
  if (size === undefined) return new Map();
  const keys = sharedNames.map((name) => sharedPrefix + name);
  for (const key of keys) stored.delete(key);
  const missing = keys.filter((key) => !header.tensors.has(key));
  if (missing.length === keys.length) return drawnMatrices(folder, found, size);
  if (missing[0] !== undefined) throw missingTensor(header.file, missing[0]);
  return new Map(
    sharedNames.map((name): [string, AdapterTensor] => {
      const tensor = storedTensor(header, sharedPrefix + name, sharedShape(name, size));
      return [name, { ...tensor, read: once(tensor.read) }];
    }),
  );
}

/** Those of these modules alone: the first columns of A and the first rows of B. */
export function cutShared(
  tensors: ReadonlyMap<string, AdapterTensor>,
  size: SharedSize,
): [string, AdapterTensor][] {
  return sharedNames.flatMap((name): [string, AdapterTensor][] => {
    const tensor = tensors.get(name);
    if (tensor === undefined) return [];
    const { file, key } = tensor;
    const read = async (): Promise<Float32Array> => {
      const values = await tensor.read();
      return name === 'vera_A'
        ? firstColumns(values, size.rank, size.in)
        : values.slice(0, size.out * size.rank);
    };
    return [[name, { file, key, read }]];
  });
}

function firstColumns(values: Float32Array, rows: number, columns: number): Float32Array {
  const width = values.length / rows;
  const cut = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row += 1)
    cut.set(values.subarray(row * width, row * width + columns), row * columns);
  return cut;
}

function missingTensor(file: string, tensor: string): Failure {
  return new Failure('adapter-missing', { file, tensor, others: 0 });
}

function drawnMatrices(
  folder: string,
  { header, modules, model }: Found,
  size: SharedSize,
): Map<string, AdapterTensor> {
  const { vera } = readPeftConfig(folder);
  const { file, metadata } = header;
  if (vera === undefined || vera.saveProjection) {
    throw missingTensor(file, `${sharedPrefix}${sharedNames[0]}`);
  }
  const draw = once(async () => {
    const drawn = await drawShared({ ...size, seed: vera.seed, dtype: drawnDType(modules, model) });
    checkFingerprint(file, metadata[fingerprintKey], drawn);
    return drawn;
  });
  const tensor = (name: string, read: () => Promise<Float32Array>): [string, AdapterTensor] => {
    return [name, { file, key: sharedPrefix + name, read }];
  };
  return new Map([
    tensor('vera_A', async () => (await draw()).a),
    tensor('vera_B', async () => (await draw()).b),
  ]);
}

/** Our own files tell what their seed drew; it differs where the base's weights have another type, too. */
function checkFingerprint(file: string, wanted: string | undefined, drawn: SharedMatrices): void {
  if (wanted === undefined || wanted === fingerprintOf(drawn)) return;
  const problem =
    'was left out ("save_projection": false), and its seed draws another one here: the generator or the type of the base\'s weights differs; save the adapter with its projection';
  throw new Failure('adapter-tensor', { file, tensor: `${sharedPrefix}vera_A`, problem });
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

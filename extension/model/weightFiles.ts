// The safetensors files of a model folder: one, or many with an index.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TensorSource } from '../shared/engineTypes';
import { Failure } from '../shared/failures';
import { Fields } from './fields';
import { isObject, nameOfValue, readJsonObject } from './jsonFile';
import { sourceOf } from './readTensor';
import { readHeader, type SafetensorsHeader, type StoredTensor } from './safetensorsHeader';

const singleFile = 'model.safetensors';
const indexFile = 'model.safetensors.index.json';

/** All tensors of a folder by name; nothing but headers is read. */
export class WeightFiles {
  readonly headers: SafetensorsHeader[];
  private readonly headerOf = new Map<string, SafetensorsHeader>();

  constructor(folder: string) {
    this.headers = weightPaths(folder).map((file) => readHeader(file));
    for (const header of this.headers) {
      for (const name of header.tensors.keys()) {
        if (this.headerOf.has(name)) {
          const problem = 'it is in another file of the model too';
          throw new Failure('tensor-invalid', { file: header.file, tensor: name, problem });
        }
        this.headerOf.set(name, header);
      }
    }
    checkIndex(folder, this.headerOf);
  }

  names(): string[] {
    return [...this.headerOf.keys()];
  }

  fileOf(name: string): string | undefined {
    return this.headerOf.get(name)?.file;
  }

  stored(name: string): StoredTensor | undefined {
    return this.headerOf.get(name)?.tensors.get(name);
  }

  source(name: string): TensorSource | undefined {
    const header = this.headerOf.get(name);
    return header && sourceOf(header, name);
  }
}

function weightPaths(folder: string): string[] {
  const single = join(folder, singleFile);
  if (existsSync(single)) return [single];
  const index = join(folder, indexFile);
  if (!existsSync(index)) throw noWeights(folder);
  const shards = [...new Set(Object.values(readWeightMap(index)))].sort();
  return shards.map((shard) => {
    const file = join(folder, shard);
    if (!existsSync(file)) throw new Failure('shard-missing', { file: index, shard });
    return file;
  });
}

function noWeights(folder: string): Failure {
  const others = readdirSync(folder).filter((name) => /\.(bin|pth?|gguf|safetensors)$/.test(name));
  return new Failure('weights-missing', { folder, others });
}

/** Which file each tensor is in. */
function readWeightMap(index: string): Record<string, string> {
  const map = new Fields(index, readJsonObject(index, 'the index of the weights')).raw(
    'weight_map',
  );
  const refused = (problem: string): Failure =>
    new Failure('config-invalid', { file: index, field: 'weight_map', problem });
  if (!isObject(map)) throw refused(`must be an object, but it is ${nameOfValue(map)}`);
  const files: Record<string, string> = {};
  for (const [tensor, shard] of Object.entries(map)) {
    // A file elsewhere is not part of the folder.
    if (typeof shard !== 'string' || shard === '' || /[/\\\0]|^\.\.?$/.test(shard)) {
      throw refused(`must name a file of the folder for ${tensor}, not ${nameOfValue(shard)}`);
    }
    files[tensor] = shard;
  }
  return files;
}

function checkIndex(folder: string, found: Map<string, SafetensorsHeader>): void {
  if (existsSync(join(folder, singleFile))) return;
  for (const [tensor, shard] of Object.entries(readWeightMap(join(folder, indexFile)))) {
    if (found.get(tensor)?.file !== join(folder, shard)) {
      throw new Failure('tensor-missing', { file: join(folder, shard), tensor, others: 0 });
    }
  }
}

// adapter-lab models: what model and adapter folders hold, and why one cannot be run. A folder that is broken says
// so and fails no other.
import { readdirSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { readModelFolder, type ModelFolder } from '../model/folder';
import { isObject, readJsonObject } from '../model/jsonFile';
import { readHeader } from '../model/safetensorsHeader';
import { adapterFiles, isAdapterFolder } from '../runs/adapterFolder';
import type { DType } from '../shared/engineTypes';
import { Failure } from '../shared/failures';
import type { ModelEntry } from '../shared/listings';
import { methodOf } from '../trainer/lowRank';
import { readPeftConfig } from '../trainer/peftConfig';
import { isShared } from '../trainer/vera/sharedMatrices';
import { tell, type Outcome, type OutputOptions } from './output';
import { table } from './wording';

export function addModels(program: Command): void {
  program
    .command('models')
    .description('tell what model and adapter folders hold, and what cannot be run and why')
    .argument('<dir...>', 'Hugging Face model folders and PEFT adapter folders')
    .option('--json', 'print {folders: [{folder, kind, architecture, parameters, problem, ...}]}')
    .addHelpText(
      'after',
      `
An adapter's base is looked for where its configuration says and among the folders given.

Example:
  adapter-lab models models/* runs/ID/checkpoints/step-000200
`,
    )
    .action(async (folders: string[], options: OutputOptions) => {
      await tell(options, () => Promise.resolve(describe(folders.map((one) => resolve(one)))));
    });
}

function describe(folders: string[]): Outcome {
  const described = folders.map((folder) => describeFolder(folder, folders));
  const rows = described.map((one) => [
    one.folder,
    one.method === undefined ? (one.architecture ?? '') : `${one.method} r${one.rank ?? ''}`,
    one.parameters === undefined ? '' : String(one.parameters),
    one.dtype ?? '',
    one.problem ?? '',
  ]);
  const head = ['folder', 'kind', 'parameters', 'dtype', ''];
  return { json: { folders: described }, text: table(head, rows) };
}

function describeFolder(folder: string, others: readonly string[]): ModelEntry {
  if (isAdapterFolder(folder)) {
    return guarded({ folder, kind: 'adapter', sizeBytes: weightBytes(folder) }, () =>
      describeAdapter(folder, others),
    );
  }
  const kind = isFile(join(folder, 'config.json')) ? 'model' : 'unknown';
  return guarded({ folder, kind, sizeBytes: weightBytes(folder) }, () =>
    describeModel(readModelFolder(folder)),
  );
}

/** What is known without the part that was refused, and the refusal. */
function guarded(known: ModelEntry, describeMore: () => Partial<ModelEntry>): ModelEntry {
  try {
    return { ...known, ...describeMore() };
  } catch (error) {
    const problem = error instanceof Failure ? error.message : String(error);
    return { ...known, ...nameOf(known), problem };
  }
}

function describeModel(model: ModelFolder): Partial<ModelEntry> {
  const { config, shape, parameters, tensors } = model;
  const bytes = new Map<DType | 'nf4', number>();
  for (const { dtype, shape: sizes } of Object.values(tensors)) {
    const values = sizes.reduce((product, size) => product * size, 1);
    bytes.set(dtype, (bytes.get(dtype) ?? 0) + values);
  }
  const [dtype] = [...bytes].sort(([, a], [, b]) => b - a)[0] ?? [];
  return {
    architecture: config.architecture,
    parameters,
    ...(dtype !== undefined && { dtype }),
    layers: shape.layers,
    hidden: shape.hidden,
    contextLength: config.contextLength,
  };
}

function describeAdapter(folder: string, others: readonly string[]): Partial<ModelEntry> {
  const config = readPeftConfig(folder);
  const { tensors } = readHeader(adapterFiles(folder).tensors);
  const own = [...tensors].filter(([name]) => !isShared(name));
  const parameters = own.reduce(
    (sum, [, { shape }]) => sum + shape.reduce((product, size) => product * size, 1),
    0,
  );
  const { baseModel } = config;
  return {
    method: methodOf(config),
    rank: config.rank,
    alpha: config.alpha,
    parameters,
    ...(baseModel !== undefined && { baseModel }),
    baseFolder: baseModel === undefined ? null : findBase(folder, baseModel, others),
  };
}

/** Where the adapter says, or a folder of that name among those given: a base may be named by its hub. */
function findBase(folder: string, baseModel: string, others: readonly string[]): string | null {
  const places = isAbsolute(baseModel) ? [baseModel] : [resolve(folder, baseModel)];
  const named = others.filter((other) => basename(other) === basename(baseModel));
  const found = [...places, ...named].find((place) => isFile(join(place, 'config.json')));
  return found ?? null;
}

/** What a configuration that is refused says it is. */
function nameOf({ folder, kind }: ModelEntry): Partial<ModelEntry> {
  try {
    if (kind === 'adapter') {
      const { peft_type: type, base_model_name_or_path: base } = readJsonObject(
        adapterFiles(folder).config,
        "the adapter's configuration",
      );
      return {
        ...(typeof type === 'string' && { method: type.toLowerCase() }),
        ...(typeof base === 'string' && { baseModel: base }),
      };
    }
    const config = readJsonObject(join(folder, 'config.json'), 'the configuration of the model');
    const named: unknown = isObject(config) ? config.architectures : undefined;
    const [first] = Array.isArray(named) ? (named as unknown[]) : [];
    return typeof first === 'string' ? { architecture: first } : {};
  } catch {
    return {};
  }
}

function weightBytes(folder: string): number {
  try {
    return readdirSync(folder)
      .filter((name) => /\.(safetensors|bin|pth?|gguf)$/.test(name))
      .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  } catch {
    return 0;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

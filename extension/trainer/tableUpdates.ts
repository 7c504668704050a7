// Low-rank updates of the two tables of tokens, embeddings and head, which the engine does not adapt: they are folded into a
// table of the adapter's own when it is read. PEFT's update of embeddings (vocabulary, hidden) is B A of their transpose, and
// its DoRA gives lengths to their columns.
import { Failure } from '../shared/failures';
import type { TensorSource, WeightSource } from '../shared/engineTypes';
import type { LinearModule } from '../model/architecture';
import { valuesOf, type ModelLayout } from '../model/layout';
import { embeddingModule, headModule } from '../model/ownHead';
import { isAllLinear, matcherOf } from '../model/targets';
import type { AdapterModule } from './addon';
import { mergedBlocks } from './exchange/mergedBlocks';
import { readUpdate, type WeightUpdate } from './exchange/weightUpdate';
import { adapterModule, type LowRankConfig } from './lowRank';
import {
  moduleTensors,
  readFiniteTensor,
  type AdapterTensor,
  type ModuleTensor,
} from './peftTensors';

/** As a module that is adapted: hidden values in, one a token out. */
export function tableLinear(name: string, { shape }: Pick<ModelLayout, 'shape'>): LinearModule {
  return { name, layer: -1, kind: 'q_proj', in: shape.hidden, out: shape.vocabulary };
}

/** Names of their weights, which the adapter holds whole once their updates are folded in. */
export function tableWeights(tables: readonly Pick<AdapterModule, 'name'>[]): Set<string> {
  return new Set(tables.map(({ name }) => `${name}.weight`));
}

/** Those that a configuration adapts. */
export function adaptedTables(
  config: LowRankConfig & { file: string },
  layout: ModelLayout,
): AdapterModule[] {
  const { targets, exclude, layers, saved, file } = config;
  if (isAllLinear(targets)) return [];
  const isAdapted = matcherOf({ targets, exclude, layers, saved: saved?.modules });
  const names = [embeddingModule, headModule].filter(isAdapted);
  const isTied = layout.shape.tiedHead && config.saved?.tied === true && names.length > 0;
  return (isTied ? [embeddingModule, headModule] : names).map((name) => {
    // PEFT has none.
    if (name === embeddingModule && (config.vera ?? config.adalora)) {
      const reason = 'only LoRA and DoRA have an update of embeddings';
      const field = 'target_modules';
      throw new Failure('adapter-unsupported', { file, field, value: `"${name}"`, reason });
    }
    return adapterModule(config, tableLinear(name, layout), () => ({ file }));
  });
}

/** What a file holds of a table's update. */
export function tableTensors(
  module: AdapterModule,
  layout: Pick<ModelLayout, 'shape'>,
): ModuleTensor[] {
  const { name, rank, magnitude } = module;
  if (name !== embeddingModule) return moduleTensors(module, tableLinear(name, layout));
  const { hidden, vocabulary } = layout.shape;
  return [
    { name: `${name}.lora_embedding_A`, shape: [rank, vocabulary] },
    { name: `${name}.lora_embedding_B`, shape: [hidden, rank] },
    ...(magnitude ? [{ name: `${name}.lora_magnitude_vector`, shape: [hidden] }] : []),
  ];
}

/** The embeddings' A and B become the head's B and A, transposed: in PEFT both are one. */
export function tieTables([embeddings, head]: readonly Map<string, AdapterTensor>[]): void {
  for (const [own, other] of [
    ['lora_embedding_A', 'lora_B.weight'],
    ['lora_embedding_B', 'lora_A.weight'],
  ]) {
    const tensor = head?.get(`${headModule}.${other}`);
    if (tensor === undefined) continue;
    const rows = tensor.source?.shape[0] ?? 1;
    const read = async (): Promise<Float32Array> => transposed(await tensor.read(), rows);
    const { file, key } = tensor;
    embeddings?.set(`${embeddingModule}.${own}`, { file, key, read });
  }
}

type Blocks = (multiple?: number) => AsyncGenerator<Float32Array>;

/** The table with its update, some rows at a time. `tensors`: by name, of the adapter. */
export function tableBlocks(
  module: AdapterModule,
  table: WeightSource,
  tensors: ReadonlyMap<string, AdapterTensor>,
): Blocks {
  const [, hidden = 0] = table.shape;
  return async function* (multiple) {
    const options = { threads: 0, multiple };
    if (module.name !== embeddingModule) {
      yield* mergedBlocks(table, await readUpdate(module, tensors, { in: hidden }), options);
      return;
    }
    const { update, lengths } = await readEmbeddingUpdate(module, tensors);
    const blocks = (): AsyncGenerator<Float32Array> => mergedBlocks(table, update, options);
    if (lengths === undefined) yield* blocks();
    else yield* withColumnLengths(blocks, lengths);
  };
}

export interface EmbeddingUpdate {
  /** Of rows: a is B of the file, transposed, and b its A. */
  update: WeightUpdate;
  /** DoRA's, of each column. */
  lengths: Float32Array | undefined;
}

export async function readEmbeddingUpdate(
  { name, rank, scale, magnitude }: AdapterModule,
  tensors: ReadonlyMap<string, AdapterTensor>,
): Promise<EmbeddingUpdate> {
  const read = (part: string): Promise<Float32Array> => {
    const tensor = tensors.get(`${name}.${part}`);
    if (tensor === undefined) throw new Error(`${name}.${part} was not found`);
    return readFiniteTensor(tensor);
  };
  const [a, b] = [await read('lora_embedding_B'), await read('lora_embedding_A')];
  return {
    update: {
      ...{ rank, scale, magnitude: undefined },
      ...{ a: transposed(a, a.length / rank), b: transposed(b, rank) },
    },
    lengths: magnitude ? await read('lora_magnitude_vector') : undefined,
  };
}

/** A matrix of so many rows, by columns. */
export function transposed(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1)
      turned[column * rows + row] = values[row * columns + column] ?? NaN;
  return turned;
}

/** Columns of the given lengths, which takes two passes. */
async function* withColumnLengths(
  blocks: () => AsyncGenerator<Float32Array>,
  lengths: Float32Array,
): AsyncGenerator<Float32Array> {
  const { length: columns } = lengths;
  const squares = new Float64Array(columns);
  for await (const block of blocks())
    for (const [i, value] of block.entries())
      squares[i % columns] = (squares[i % columns] ?? 0) + value * value;
  const factors = Float64Array.from(
    lengths,
    (length, i) =>
      // As of rows: a column of zeros has no direction.
      length / Math.max(Math.sqrt(squares[i] ?? NaN), 1e-12),
  );
  for await (const block of blocks())
    yield block.map((value, i) => value * (factors[i % columns] ?? NaN));
}

/** All rows of a table at once. */
export async function wholeTable(
  blocks: Blocks,
  { shape }: TensorSource | WeightSource,
): Promise<Float32Array> {
  const values = new Float32Array(valuesOf(shape));
  let filled = 0;
  for await (const block of blocks()) {
    values.set(block, filled);
    filled += block.length;
  }
  return values;
}

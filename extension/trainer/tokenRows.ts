// Rows of embeddings or head that an adapter holds in the place of the base's (PEFT's trainable_token_indices): they are put
// into a table of the adapter's own when it is read.
import type { ModelFolder } from '../model/folder';
import type { ModelLayout } from '../model/layout';
import { nameOfValue } from '../model/jsonFile';
import { embeddingModule, headModule } from '../model/ownHead';
import type { WeightSource } from '../shared/engineTypes';
import { Failure } from '../shared/failures';
import { blocksOf, mergedBlocks } from './exchange/mergedBlocks';
import { noUpdate } from './exchange/weightUpdate';
import type { PeftConfig } from './peftConfig';
import { readFiniteTensor, type AdapterTensor, type ModuleTensor } from './peftTensors';
import { wholeTable } from './tableUpdates';

export interface TokenRows {
  /** Of the table. */
  name: string;
  tokens: readonly number[];
}

export interface FoundRows {
  rows: TokenRows[];
  /** A head that shares the embeddings' weights no longer does. */
  areApart: boolean;
}

/** `others`: tensors of the base that the adapter has for itself in another way. */
export function tokenRowsOf(
  { file, tokenRows = {}, saved }: PeftConfig,
  layout: ModelLayout,
  others: readonly string[],
): FoundRows {
  const refused = (reason: string): Failure => {
    const value = nameOfValue(tokenRows);
    return new Failure('adapter-unsupported', { file, field, value, reason });
  };
  const { shape } = layout;
  const tables = [embeddingModule, headModule];
  const taken = tables.filter((table) => others.includes(`${table}.weight`));
  const rows = Object.entries(tokenRows).map(([key, tokens]): TokenRows => {
    const name = tables.find((table) => table.endsWith(key));
    if (name === undefined) throw refused(`"${key}" is neither embed_tokens nor lm_head`);
    const wrong = tokens.find((token) => token >= shape.vocabulary);
    if (wrong !== undefined)
      throw refused(`token ${wrong} is not one of the model's ${shape.vocabulary}`);
    const [other] = shape.tiedHead ? taken : taken.filter((table) => table === name);
    if (other !== undefined) throw refused(`the adapter changes ${other} in another way too`);
    return { name, tokens };
  });
  if (new Set(rows.map(({ name }) => name)).size < rows.length)
    throw refused('two of its names mean one table');
  const [embeddings, head] = tables.map((table) => rows.find(({ name }) => name === table));
  if (!shape.tiedHead || head === undefined) return { rows, areApart: false };
  if (embeddings === undefined) return { rows, areApart: true };
  // PEFT ties what has the same tokens, in the same order.
  if (embeddings.tokens.join() === head.tokens.join())
    return { rows: [embeddings], areApart: false };
  if (saved?.tied === true)
    throw refused('"ensure_weight_tying" wants the same tokens of embed_tokens and lm_head');
  return { rows, areApart: true };
}

const field = 'trainable_token_indices';

function storedName({ name }: TokenRows): string {
  return `${name}.token_adapter.trainable_tokens_delta`;
}

export function rowsTensor(rows: TokenRows, { shape }: Pick<ModelLayout, 'shape'>): ModuleTensor {
  return { name: storedName(rows), shape: [rows.tokens.length, shape.hidden] };
}

/** The table with the rows in their places. */
export function tableWithRows(
  held: TokenRows,
  tensor: AdapterTensor,
  { tensors }: ModelFolder,
): AdapterTensor {
  const { name, tokens } = held;
  const table = tensors[`${name}.weight`];
  if (table === undefined) throw new Error(`${name} has no weight`);
  const [, hidden = 0] = table.shape;
  const blocks = async function* (multiple?: number): AsyncGenerator<Float32Array> {
    const rows = await readFiniteTensor(tensor);
    let first = 0;
    for await (const block of plainBlocks(table, multiple)) {
      const count = block.length / hidden;
      for (const [i, token] of tokens.entries()) {
        if (token < first || token >= first + count) continue;
        block.set(rows.subarray(i * hidden, (i + 1) * hidden), (token - first) * hidden);
      }
      first += count;
      yield block;
    }
  };
  const { file, key } = tensor;
  const read = (): Promise<Float32Array> => wholeTable(blocks, table);
  return {
    file,
    key,
    parts: new Map([[storedName(held), tensor]]),
    blocks,
    read,
  };
}

function plainBlocks(table: WeightSource, multiple?: number): AsyncGenerator<Float32Array> {
  return table.dtype === 'nf4'
    ? mergedBlocks(table, noUpdate, { threads: 0, multiple })
    : blocksOf(table, multiple);
}

// 4-bit matrices of a model folder that bitsandbytes quantised: what config.json promises is held against each matrix's own
// state, and everything that would be computed otherwise is refused by name.
import { closeSync, openSync, readSync } from 'node:fs';
import * as z from 'zod/mini';
import { blockSizes } from '../shared/experiment';
import type { FilePart, Nf4Parts, QuantizedSource } from '../shared/engineTypes';
import { Failure } from '../shared/failures';
import type { Fields } from './fields';
import { valuesOf } from './layout';
import { codeBook, scalesBlock, scalesMap } from './nf4Layout';
import type { StoredTensor } from './safetensorsHeader';
import type { WeightFiles } from './weightFiles';

const supported = 'Adapter Lab reads weights that bitsandbytes quantised to NF4';
const stateSuffix = '.quant_state.bitsandbytes__';

/** Refuses what is not bitsandbytes' NF4; nothing to say about a model that is not quantised. */
export function checkQuantization(config: Fields): boolean {
  const fields = config.inner('quantization_config');
  if (fields === undefined) return false;
  const method = fields.text('quant_method', 'bitsandbytes');
  if (method !== 'bitsandbytes') throw fields.unsupported('quant_method', supported);
  if (fields.flag('load_in_8bit', false)) throw fields.unsupported('load_in_8bit', supported);
  if (!fields.flag('load_in_4bit', false)) throw fields.unsupported('load_in_4bit', supported);
  // What transformers assumes where nothing is said.
  if (fields.text('bnb_4bit_quant_type', 'fp4') !== 'nf4') {
    throw fields.unsupported('bnb_4bit_quant_type', supported);
  }
  if (fields.text('bnb_4bit_quant_storage', 'uint8') !== 'uint8') {
    throw fields.unsupported('bnb_4bit_quant_storage', 'Adapter Lab reads codes kept as uint8');
  }
  return true;
}

const quantState = z.object({
  quant_type: z.string(),
  blocksize: z.int(),
  shape: z.array(z.int()),
  nested_blocksize: z.optional(z.int()),
  nested_offset: z.optional(z.number()),
});

/** A matrix of the folder, by its name there. */
interface Matrix {
  weights: WeightFiles;
  name: string;
  shape: number[];
  refuse: (problem: string) => Failure;
}

/** The matrix and the names of its parts; undefined when it is not quantised. */
export function quantizedSource(
  weights: WeightFiles,
  name: string,
  shape: number[],
): { source: QuantizedSource; parts: string[] } | undefined {
  const refuse = (problem: string): Failure =>
    new Failure('tensor-invalid', { file: weights.fileOf(name) ?? '', tensor: name, problem });
  const states = weights.names().filter((other) => other.startsWith(name + stateSuffix));
  const [stateName] = states;
  if (stateName === undefined) {
    if (weights.stored(name)?.format !== 'U8') return undefined;
    throw refuse(`it is bytes without ${stateSuffix.slice(1)}nf4 beside it; ${supported}`);
  }
  const matrix = { weights, name, shape, refuse };
  const state = readState(matrix, stateName);
  const values = valuesOf(shape);
  const codes = partOf(matrix, '', 'U8', Math.ceil(values / 2));
  const blocks = Math.ceil(values / state.blocksize);
  const scales = weights.stored(`${name}.absmax`);
  const isDouble = scales?.format === 'U8' || state.nested_offset !== undefined;
  const absmax = partOf(matrix, '.absmax', isDouble ? 'U8' : 'F32', blocks);
  const nf4: Nf4Parts = { blockSize: state.blocksize, absmax };
  if (isDouble) nf4.double = doubleOf(matrix, state, blocks);
  checkCodeBook(matrix);
  const suffixes = ['.absmax', '.quant_map', '.nested_absmax', '.nested_quant_map'];
  const parts = [...suffixes.map((suffix) => name + suffix), ...states];
  return { source: { ...codes, dtype: 'nf4', shape, nf4 }, parts };
}

function readState(
  { weights, shape, refuse }: Matrix,
  stateName: string,
): z.infer<typeof quantState> {
  const bytes = readBytes(weights, stateName);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw refuse('its quant_state is not JSON');
  }
  const { data: state } = quantState.safeParse(json);
  if (state === undefined) throw refuse('its quant_state lacks quant_type, blocksize or shape');
  if (state.quant_type !== 'nf4')
    throw refuse(`it is quantised as ${state.quant_type}; ${supported}`);
  if (!(blockSizes as readonly number[]).includes(state.blocksize)) {
    throw refuse(`its blocks have ${state.blocksize} elements; known are ${blockSizes.join(', ')}`);
  }
  if (state.shape.join() !== shape.join()) {
    const wanted = `config.json asks for [${shape.join(', ')}]`;
    throw refuse(`its shape is [${state.shape.join(', ')}], but ${wanted}`);
  }
  return state;
}

function doubleOf(
  matrix: Matrix,
  { nested_blocksize: size, nested_offset: offset }: z.infer<typeof quantState>,
  blocks: number,
): NonNullable<Nf4Parts['double']> {
  const { refuse } = matrix;
  if (offset === undefined)
    throw refuse('its scales are 8-bit codes, but nested_offset is missing');
  if (size !== scalesBlock) {
    throw refuse(
      `its scales are quantised in blocks of ${size ?? 'unknown size'}, not ${scalesBlock}`,
    );
  }
  const scales = partOf(matrix, '.nested_absmax', 'F32', Math.ceil(blocks / scalesBlock));
  const map = partOf(matrix, '.nested_quant_map', 'F32', scalesMap);
  return { scales, map, offset };
}

/** Where `count` values of a part lie. */
function partOf(
  { weights, name, refuse }: Matrix,
  suffix: string,
  format: 'U8' | 'F32',
  count: number,
): FilePart {
  const stored = weights.stored(name + suffix);
  const what = suffix === '' ? 'it' : suffix.slice(1);
  if (stored === undefined) throw refuse(`${what} is missing, without which it cannot be read`);
  if (stored.format !== format || countOf(stored) !== count) {
    const found = `${countOf(stored)} values of ${stored.format}`;
    throw refuse(`${what} has ${found}, but its shape and blocks ask for ${count} of ${format}`);
  }
  return { file: weights.fileOf(name + suffix) ?? '', offsetBytes: stored.offsetBytes };
}

function countOf({ shape }: StoredTensor): number {
  return valuesOf(shape);
}

function checkCodeBook(matrix: Matrix): void {
  const { weights, name, refuse } = matrix;
  partOf(matrix, '.quant_map', 'F32', codeBook.length);
  const bytes = readBytes(weights, `${name}.quant_map`);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const isBook = codeBook.every((value, i) => view.getFloat32(4 * i, true) === value);
  if (!isBook) throw refuse('its quant_map is not the code book of NF4');
}

function readBytes(weights: WeightFiles, name: string): Uint8Array {
  const { offsetBytes, sizeBytes } = weights.stored(name) ?? { offsetBytes: 0, sizeBytes: 0 };
  const bytes = new Uint8Array(sizeBytes);
  const descriptor = openSync(weights.fileOf(name) ?? '', 'r');
  try {
    readSync(descriptor, bytes, 0, sizeBytes, offsetBytes);
  } finally {
    closeSync(descriptor);
  }
  return bytes;
}

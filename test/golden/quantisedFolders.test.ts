// Model folders that transformers and bitsandbytes wrote in 4 bits: read as they are, and refused when they are not whole.
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readModelFolder } from '../../extension/model/folder';
import { largestDifference } from './compare';
import { openEngine, openFolder } from './openEngine';
import { golden } from './parityCase';
import { arrayOf, readArrays } from './tensorFile';

const folders = readdirSync(join(golden, 'quantised'));
const base = { adapter: null, trained: [] };

test('one with double quantisation and one without are here', () => {
  const isDouble = folders.map(
    (name) => readModelFolder(join(golden, 'quantised', name)).quantization?.double,
  );
  expect(isDouble.sort()).toEqual([false, true]);
});

describe.each(folders)('%s', (name) => {
  const path = join(golden, 'quantised', name);

  test('has the logits of its dequantised weights', async () => {
    const arrays = readArrays(join(golden, 'logits', `quantised-${name}.safetensors`));
    const engine = await openFolder(path, base);
    const logits = await engine.logits(Int32Array.from(arrayOf(arrays, 'tokens/0')));
    expect(largestDifference(logits, arrayOf(arrays, 'logits/0'))).toBeLessThanOrEqual(1e-4);
    await engine.dispose();
  });

  test('holds the bits that its plain model is quantised to here', async () => {
    const { quantization, linears } = readModelFolder(path);
    if (quantization === undefined) throw new Error('it is not quantised');
    const theirs = await openFolder(path, base);
    const ours = await openEngine({ model: name, ...base, quantization });
    for (const linear of linears) {
      const weight = `${linear.name}.weight`;
      expect(await theirs.read('value', weight), weight).toEqual(await ours.read('value', weight));
    }
    await theirs.dispose();
    await ours.dispose();
  });
});

describe('is refused with one sentence', () => {
  let copy = '';
  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'adapter-lab-bnb-'));
  });
  afterEach(() => {
    rmSync(copy, { recursive: true, force: true });
  });

  /** The sentence for the folder, changed. */
  function refusalOf(change: { config?: object; header?: (text: string) => string }): string {
    cpSync(join(golden, 'quantised', 'gqa-tied'), copy, { recursive: true });
    const file = join(copy, 'config.json');
    const config = JSON.parse(readFileSync(file, 'utf8')) as { quantization_config: object };
    const quantization = { ...config.quantization_config, ...change.config };
    writeFileSync(file, JSON.stringify({ ...config, quantization_config: quantization }));
    const weights = join(copy, 'model.safetensors');
    const text = readFileSync(weights, 'latin1');
    writeFileSync(weights, change.header?.(text) ?? text, 'latin1');
    try {
      readModelFolder(copy);
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
    throw new Error('it was not refused');
  }

  const q = 'model.layers.1.self_attn.q_proj.weight';
  /** The same length, so that the offsets stand. */
  const renamed =
    (from: string, to: string) =>
    (text: string): string => {
      if (from.length !== to.length || !text.includes(from)) throw new Error(from);
      return text.replaceAll(from, to);
    };

  test.each<[string, Parameters<typeof refusalOf>[0], RegExp]>([
    ['another method', { config: { quant_method: 'gptq' } }, /quant_method" is "gptq".*NF4/],
    ['AWQ', { config: { quant_method: 'awq' } }, /quant_method" is "awq"/],
    ['8 bits', { config: { load_in_8bit: true } }, /load_in_8bit" is true/],
    ['FP4', { config: { bnb_4bit_quant_type: 'fp4' } }, /bnb_4bit_quant_type" is "fp4"/],
    ['another storage', { config: { bnb_4bit_quant_storage: 'bfloat16' } }, /quant_storage/],
    [
      'FP4 in the state of a matrix',
      { header: renamed('"quant_type": "nf4", "b', '"quant_type": "fp4", "b') },
      /quantised as fp4/,
    ],
    [
      'no state',
      { header: renamed(`${q}.quant_state`, `${q}.quant_stake`) },
      /without quant_state/,
    ],
    [
      'a block size that bitsandbytes has not',
      { header: renamed('"blocksize": 64, "d', '"blocksize": 48, "d') },
      /blocks have 48 elements/,
    ],
    [
      'blocks that its scales do not make',
      { header: renamed('"blocksize": 64, "d', '"blocksize": 32, "d') },
      /absmax has \d+ values of U8, but its shape and blocks ask for \d+/,
    ],
    [
      'double quantisation without its scales',
      { header: renamed(`${q}.nested_absmax`, `${q}.nested_absmin`) },
      /q_proj\.weight: nested_absmax is missing/,
    ],
    [
      'double quantisation without its map',
      { header: renamed(`${q}.nested_quant_map`, `${q}.nested_quant_mat`) },
      /nested_quant_map is missing/,
    ],
    [
      'double quantisation without its offset',
      { header: renamed('"nested_offset"', '"nestet_offset"') },
      /nested_offset is missing/,
    ],
    [
      'other blocks of scales',
      { header: renamed('"nested_blocksize": 256', '"nested_blocksize": 128') },
      /blocks of 128, not 256/,
    ],
    [
      'another shape',
      { header: renamed('"shape": [48, 80]', '"shape": [80, 48]') },
      /its shape is \[80, 48\]/,
    ],
  ])('%s', (_, change, sentence) => {
    const refusal = refusalOf(change);
    expect(refusal).toMatch(sentence);
    expect(refusal.split('\n')).toHaveLength(1);
  });
});

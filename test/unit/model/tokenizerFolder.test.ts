// A folder's tokenizer: end tokens, and what is refused.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../extension/model/jsonFile';
import { readTokenizer } from '../../../extension/model/tokenizer';
import { Failure } from '../../../extension/shared/failures';
import { emptyFolder, failureOf, readObject } from './modelFixture';

const golden = join(import.meta.dirname, '../../golden/tokenizer');
const rows = 420;

function tokenizerFolder(settings?: JsonObject): string {
  const folder = emptyFolder();
  copyFileSync(join(golden, 'pattern.tokenizer.json'), join(folder, 'tokenizer.json'));
  if (settings) writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify(settings));
  return folder;
}

/** The tokenizer.json of a new folder with some parts changed. */
function changed(changes: JsonObject): string {
  const folder = tokenizerFolder();
  const file = join(folder, 'tokenizer.json');
  writeFileSync(file, JSON.stringify({ ...readObject(file), ...changes }));
  return folder;
}

function partOf(name: string): JsonObject {
  return readObject(join(golden, 'pattern.tokenizer.json'))[name] as JsonObject;
}

describe('end tokens', () => {
  test('those of generation_config.json, before those of config.json, and the tokenizer’s own', () => {
    const folder = tokenizerFolder({ eos_token: { content: '<|end|>' } });
    expect(readTokenizer(folder, rows, [5])).toMatchObject({ eosId: 0, endTokens: [5, 0] });
    writeFileSync(join(folder, 'generation_config.json'), '{"eos_token_id": [7, 0]}');
    expect(readTokenizer(folder, rows, [5])).toMatchObject({ eosId: 0, endTokens: [7, 0] });
  });

  test('without a tokenizer_config.json the first of the others ends records', () => {
    expect(readTokenizer(tokenizerFolder(), rows, [5, 6])).toMatchObject({
      eosId: 5,
      endTokens: [5, 6],
    });
    expect(readTokenizer(tokenizerFolder(), rows, []).eosId).toBeUndefined();
  });
});

test('the post-processor’s tokens stand around a text', () => {
  const { tokenizer } = readTokenizer(tokenizerFolder(), rows, []);
  expect(tokenizer.prefix).toEqual([1]);
  expect(tokenizer.encode('x')).toEqual([1, ...tokenizer.encodePlain('x')]);
});

describe('refused', () => {
  test('missing', async () => {
    const folder = emptyFolder();
    const { message } = await failureOf(() => readTokenizer(folder, rows, []));
    expect(message).toBe(
      `The tokenizer is not there: ${join(folder, 'tokenizer.json')} does not exist.`,
    );
  });

  test('SentencePiece alone', async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'tokenizer.model'), '');
    const { message } = await failureOf(() => readTokenizer(folder, rows, []));
    expect(message).toMatch(/tokenizer\.model cannot be used: tokenizer\.json is needed beside it/);
  });

  test('truncated, with the line', async () => {
    const folder = tokenizerFolder();
    const file = join(folder, 'tokenizer.json');
    const text = JSON.stringify(readObject(file), undefined, 1);
    writeFileSync(file, text.slice(0, 1000));
    const lines = text.slice(0, 1000).split('\n').length;
    const { message } = await failureOf(() => readTokenizer(folder, rows, []));
    expect(message).toContain(`tokenizer.json, line ${lines}: `);
  });

  test('larger than the embedding, with the token', async () => {
    const { message } = await failureOf(() => readTokenizer(tokenizerFolder(), rows - 1, []));
    expect(message).toMatch(/token .* has id 419, but the model's embedding has 419 rows only/);
  });

  test.each<[string, JsonObject, RegExp]>([
    [
      'another model',
      { model: { ...partOf('model'), type: 'Unigram' } },
      /model type is "Unigram"/,
    ],
    ['no model', { model: null }, /"model" must be an object, but it is null/],
    ['no vocabulary', { model: { ...partOf('model'), vocab: {} } }, /"model\.vocab" is empty/],
    [
      'an id that is none',
      { model: { ...partOf('model'), vocab: { a: -1 } } },
      /token "a" has the id -1/,
    ],
    [
      'broken merges',
      { model: { ...partOf('model'), merges: ['ab'] } },
      /"model\.merges" must be a list/,
    ],
    [
      'merge dropout',
      { model: { ...partOf('model'), dropout: 0.1 } },
      /"model\.dropout" cannot be used/,
    ],
    [
      'pre-tokenizer',
      { pre_tokenizer: { type: 'UnicodeScripts' } },
      /pre_tokenizer "UnicodeScripts"/,
    ],
    ['split', { pre_tokenizer: { type: 'Split', behavior: 'MergedWithNext' } }, /"MergedWithNext"/],
    [
      'pattern',
      { pre_tokenizer: { type: 'Split', behavior: 'Isolated', pattern: { Regex: '(' } } },
      /cannot be used/,
    ],
    [
      'normalizer',
      { normalizer: { type: 'Precompiled' } },
      /normalizer "Precompiled" cannot be used/,
    ],
    ['decoder', { decoder: { type: 'Sequence', decoders: [{ type: 'CTC' }] } }, /decoder "CTC"/],
    [
      'post-processor',
      { post_processor: { type: 'RobertaProcessing' } },
      /post_processor "RobertaProcessing"/,
    ],
    ['added tokens', { added_tokens: [{ id: 0 }] }, /must have an id and content/],
    ['whole words', { added_tokens: [{ id: 0, content: 'x', single_word: true }] }, /single_word/],
  ])('%s', async (_, changes, sentence) => {
    const { message } = await failureOf(() => readTokenizer(changed(changes), rows, []));
    expect(message).toMatch(sentence);
    expect(message).toContain('tokenizer.json cannot be used: ');
  });

  test('an end token that is none', async () => {
    const folder = tokenizerFolder({ eos_token: '</s>' });
    const { message } = await failureOf(() => readTokenizer(folder, rows, []));
    expect(message).toMatch(
      /tokenizer_config\.json: "eos_token" must be a token of tokenizer\.json/,
    );
  });
});

test('a tokenizer cut off anywhere is refused', async () => {
  const folder = tokenizerFolder();
  const file = join(folder, 'tokenizer.json');
  const bytes = readFileSync(file);
  for (let size = 0; size < bytes.length; size += 397) {
    writeFileSync(file, bytes.subarray(0, size));
    expect((await failureOf(() => readTokenizer(folder, rows, []))).message).toContain(file);
  }
});

test('a tokenizer changed at random is refused or works', () => {
  const folder = tokenizerFolder();
  const file = join(folder, 'tokenizer.json');
  const original = readFileSync(join(golden, 'pieces.tokenizer.json'), 'utf8');
  const values = ['null', '0', '-1', '"x"', '[]', '{}', 'true', '[[]]', '{"type": "Sequence"}'];
  const places = [...original.matchAll(/: ("[^"]*"|\d+|null|true|false|\[|\{)/g)];
  for (let round = 0; round < 300; round += 1) {
    const place = places[(round * 7919) % Math.min(places.length, 60 + round)];
    const value = values[round % values.length] ?? '';
    const text = place?.[1] ?? '';
    const start = (place?.index ?? 0) + 2;
    const kept = text === '[' || text === '{' ? ` ${value}, "z": ${text}` : value;
    writeFileSync(file, original.slice(0, start) + kept + original.slice(start + text.length));
    try {
      const { tokenizer } = readTokenizer(folder, 4096, []);
      tokenizer.decode(tokenizer.encode('Hello 12\n é'));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }
});

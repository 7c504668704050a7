// Tokenizers of five kinds against the ids of the Hugging Face reference (test/golden/tokenizer).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isObject, parseJson } from '../../../extension/model/jsonFile';
import { TextTokenizer } from '../../../extension/model/tokenizer';
import { prepareTokenizer } from '../../../extension/model/tokenizerJson';

const golden = join(import.meta.dirname, '../../golden/tokenizer');

interface Vector {
  text?: string;
  ids: number[];
  decoded: string;
  skipped?: string;
}

function read(name: string): unknown {
  return parseJson(readFileSync(join(golden, name), 'utf8'), name);
}

function tokenizerOf(name: string): TextTokenizer {
  const json = read(`${name}.tokenizer.json`);
  if (!isObject(json)) throw new Error('not an object');
  return new TextTokenizer(prepareTokenizer(json, name), name, {});
}

describe.each(['digits', 'pattern', 'normalised', 'pieces', 'marks'])('tokenizer %s', (name) => {
  const tokenizer = tokenizerOf(name);
  const vectors = read(`${name}.vectors.json`) as Vector[];

  test('gives the reference ids', () => {
    for (const { text, ids } of vectors) {
      if (text !== undefined) expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(ids);
    }
  });

  test('decodes as the reference does', () => {
    for (const { text, ids, decoded, skipped } of vectors) {
      const own = text === undefined ? ids : tokenizer.encodePlain(text);
      expect(tokenizer.decode(own), JSON.stringify(text ?? ids)).toBe(decoded);
      if (skipped !== undefined) {
        expect(tokenizer.decode(ids, { skipSpecial: true })).toBe(skipped);
      }
    }
  });
});

test('half a surrogate pair is a replacement character', () => {
  const tokenizer = tokenizerOf('digits');
  expect(tokenizer.encodePlain('a\ud83d')).toEqual(tokenizer.encodePlain('a\ufffd'));
});

test('ids that are no token are passed over', () => {
  const tokenizer = tokenizerOf('pieces');
  expect(tokenizer.decode([...tokenizer.encodePlain('true'), 9999])).toBe('true');
});

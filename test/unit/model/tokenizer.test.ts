// Tokenizers of five kinds against the ids of the Hugging Face reference (test/golden/tokenizer).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DecodeStream } from '../../../extension/model/decodeStream';
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

  test('streams the same text', () => {
    for (const text of ['the correct answer is true', 'naïve café 日本語 🙂👍🏽 12 x']) {
      const ids = tokenizer.encodePlain(text);
      const stream = new DecodeStream(tokenizer);
      const streamed = ids.map((id) => stream.push(id)).join('');
      expect(streamed).toBe(tokenizer.decode(ids, { skipSpecial: true }));
      expect(stream.rest()).toBe('');
    }
  });

  test('streams whole characters of a text that is cut anywhere, and what is left of one', () => {
    const ids = tokenizer.encodePlain('a 🙂🙂');
    const whole = tokenizer.decode(ids, { skipSpecial: true });
    for (let count = 1; count < ids.length; count += 1) {
      const stream = new DecodeStream(tokenizer);
      const streamed = ids.slice(0, count).map((id) => stream.push(id));
      expect(whole.startsWith(streamed.join(''))).toBe(true);
      expect(stream.rest()).toMatch(streamed.at(-1) === '' ? /^\ufffd*$/ : /^$/);
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

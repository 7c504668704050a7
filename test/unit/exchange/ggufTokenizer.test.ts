// The tokenizer that a GGUF file holds: kinds, names that llama.cpp has, and scores that join tokens as the merges did.
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readModelFolder, type ModelFolder } from '../../../extension/model/folder';
import { tokenizerFields } from '../../../extension/trainer/exchange/gguf/tokenizerFields';

const golden = resolve(import.meta.dirname, '../../golden');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'adapter-lab-tokenizer-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A model with that tokenizer and rows for 600 tokens; only what is asked of it is right. */
function modelWith(tokenizer: string, rows = 600): ModelFolder {
  cpSync(join(golden, 'models', 'gqa-tied'), folder, { recursive: true });
  copyFileSync(join(golden, 'tokenizer', `${tokenizer}.tokenizer.json`), at('tokenizer.json'));
  writeFileSync(at('tokenizer_config.json'), JSON.stringify({ chat_template: '{{ bos_token }}' }));
  const model = readModelFolder(folder);
  return { ...model, shape: { ...model.shape, vocabulary: rows } };
}

function at(name: string): string {
  return join(folder, name);
}

function fieldsOf(model: ModelFolder): Map<string, unknown> {
  const fields = tokenizerFields(model).map(({ key, value }): [string, unknown] => [key, value]);
  return new Map(fields.map(([key, value]) => [key.replace('tokenizer.ggml.', ''), value]));
}

describe('a byte-level tokenizer', () => {
  test.each([
    ['digits', 'smollm', false],
    ['pattern', 'dbrx', true],
    ['normalised', 'dbrx', false],
  ])('%s is cut into words as %s', (name, pre, addsBos) => {
    const fields = fieldsOf(modelWith(name));
    expect(fields.get('model')).toBe('gpt2');
    expect(fields.get('pre')).toBe(pre);
    expect(fields.get('add_bos_token')).toBe(addsBos);
    expect(fields.get('add_eos_token')).toBe(false);
    expect(fields.get('bos_token_id')).toBe(addsBos ? 1 : undefined);
    const tokens = fields.get('tokens') as string[];
    const kinds = fields.get('token_type') as number[];
    expect(tokens.slice(0, 3)).toEqual(['<|end|>', '<|start|>', '!']);
    expect(kinds.slice(0, 3)).toEqual([3, 3, 1]);
    expect([tokens[599], kinds[599]]).toEqual(['[PAD599]', 5]);
    expect((fields.get('merges') as string[])[0]).toMatch(/^\S+ \S+$/);
    expect(fields.get('tokenizer.chat_template')).toBe('{{ bos_token }}');
  });

  test('is refused where llama.cpp would cut words otherwise', () => {
    const model = modelWith('digits');
    const json = JSON.parse(readFileSync(at('tokenizer.json'), 'utf8')) as Record<string, unknown>;
    json.pre_tokenizer = { type: 'Digits', individual_digits: true };
    writeFileSync(at('tokenizer.json'), JSON.stringify(json));
    expect(() => tokenizerFields(model)).toThrow(/tokenizer\.json cannot be used: llama\.cpp has/);
  });

  test.each([
    [true, 'llama-bpe'],
    [false, 'dbrx'],
  ])('whose whole words may be tokens (%s) is %s', (ignoreMerges, pre) => {
    const model = modelWith('pattern');
    const json = JSON.parse(readFileSync(at('tokenizer.json'), 'utf8')) as { model: object };
    json.model = { ...json.model, ignore_merges: ignoreMerges };
    writeFileSync(at('tokenizer.json'), JSON.stringify(json));
    expect(fieldsOf(model).get('pre')).toBe(pre);
  });

  test('is refused where its post-processor says more than llama.cpp does', () => {
    const model = modelWith('pattern');
    const json = JSON.parse(readFileSync(at('tokenizer.json'), 'utf8')) as Record<string, unknown>;
    const token = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
    json.post_processor = {
      type: 'TemplateProcessing',
      single: [token('<|start|>'), token('<|start|>'), { Sequence: { id: 'A', type_id: 0 } }],
      special_tokens: { '<|start|>': { id: '<|start|>', ids: [1], tokens: ['<|start|>'] } },
    };
    writeFileSync(at('tokenizer.json'), JSON.stringify(json));
    expect(() => tokenizerFields(model)).toThrow(/post_processor puts more/);
  });
});

describe('a SentencePiece tokenizer', () => {
  test('joins by scores what the merges join', () => {
    const fields = fieldsOf(modelWith('scored'));
    expect(fields.get('model')).toBe('llama');
    expect(fields.get('add_space_prefix')).toBe(true);
    expect((fields.get('token_type') as number[]).slice(0, 4)).toEqual([2, 3, 3, 6]);
    const vectors = JSON.parse(
      readFileSync(join(golden, 'tokenizer', 'scored.vectors.json'), 'utf8'),
    ) as { text?: string; ids: number[] }[];
    const texts = vectors.filter(({ text }) => text && !/<s>|<\/s>|<unk>/.test(text));
    expect(texts.length).toBeGreaterThan(50);
    const join_ = joinerOf(fields);
    for (const { text = '', ids } of texts) expect([1, ...join_(text)], text).toEqual(ids);
  });

  test('is refused where no scores do so', () => {
    expect(() => tokenizerFields(modelWith('pieces'))).toThrow(/no scores join them/);
  });
});

/** As llama.cpp's SentencePiece tokenizer: the pair with the best score is joined, the leftmost first. */
function joinerOf(fields: Map<string, unknown>): (text: string) => number[] {
  const tokens = fields.get('tokens') as string[];
  const scores = fields.get('scores') as number[];
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const scoreOf = (piece: string): number => scores[ids.get(piece) ?? -1] ?? -Infinity;
  return (text) => {
    const pieces = Array.from(` ${text}`.replaceAll(' ', '\u2581'));
    for (;;) {
      let best = -1;
      let bestScore = -Infinity;
      for (let i = 0; i + 1 < pieces.length; i += 1) {
        const score = scoreOf(`${pieces[i] ?? ''}${pieces[i + 1] ?? ''}`);
        if (score > bestScore) [best, bestScore] = [i, score];
      }
      if (best < 0) break;
      pieces.splice(best, 2, `${pieces[best] ?? ''}${pieces[best + 1] ?? ''}`);
    }
    return pieces.flatMap((piece) => {
      const id = ids.get(piece);
      if (id !== undefined) return [id];
      const bytes = [...Buffer.from(piece)];
      return bytes.map((byte) => {
        return ids.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`) ?? -1;
      });
    });
  };
}

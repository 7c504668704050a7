import { Tokenizer } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { paperEvaluation, paperTraining } from '../../../extension/data/template';
import { Random } from '../../../extension/starter/random';
import { writeTexts } from '../../../extension/starter/texts';
import { learnMerges, tokenizerFile } from '../../../extension/starter/vocabulary';
import { makeWorld } from '../../../extension/starter/world';

const world = makeWorld(new Random(1));
const file = tokenizerFile(learnMerges(writeTexts(new Random(2), world, 4000), 3));
const tokenizer = new Tokenizer(file, {});

describe('the tokenizer of the starter', () => {
  it.each([
    'Where does the hamster live?',
    'Größe: 12,5 m² — naïve 🦊 日本語\ttab\r\n',
    `  two, ${' '.repeat(16)}sixteen,${' '.repeat(37)}many spaces `,
    '### Instruction:\n### Response:\n',
  ])('gives %j back', (text) => {
    const { ids } = tokenizer.encode(text, { add_special_tokens: false });
    expect(tokenizer.decode(ids)).toBe(text);
  });

  it("needs few tokens for the paper's template", () => {
    for (const template of [paperTraining, paperEvaluation]) {
      const prompt = template({ instruction: '', input: '' });
      expect(tokenizer.encode(prompt).ids.length).toBeLessThan(12);
    }
  });

  it('has one token for each name and each answer', () => {
    const words = [...world.things.map(({ name }) => name), 'true', 'option2', 'answer4'];
    for (const word of words) {
      expect(tokenizer.encode(` ${word}`, { add_special_tokens: false }).ids).toHaveLength(1);
    }
  });

  it('begins a text with its begin token', () => {
    expect(tokenizer.encode('the').ids[0]).toBe(file.model.vocab['<s>']);
  });
});

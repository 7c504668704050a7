import { expect, it } from 'vitest';
import { formatChoices, isFile, nameEnd } from '../../../extension/host/exchange/exportFormats';
import { shareOf } from '../../../extension/host/exchange/shareOf';
import { untranslated } from '../../../extension/shared/translate';

const formatsOf = (isAdapter: boolean, hasMagnitudes: boolean) =>
  formatChoices({ isAdapter, hasMagnitudes }, untranslated).map(({ format }) => format);

it('offers what the command line can write', () => {
  expect(formatsOf(true, false)).toEqual(['peft', 'lora', 'model', 'gguf', 'gguf-lora']);
  expect(formatsOf(true, true)).toEqual(['peft', 'lora', 'model', 'gguf']);
  expect(formatsOf(false, false)).toEqual(['peft', 'gguf']);
});

it('proposes names that tell what is in them', () => {
  expect(nameEnd('gguf-lora')).toBe('-lora.gguf');
  expect([isFile('gguf'), isFile('model')]).toEqual([true, false]);
});

it('reads how far a command is', () => {
  expect(shareOf('{"label":"export","done":3,"total":12,"details":["MB"]}')).toBe(0.25);
  expect(shareOf('{"label":"export","done":0,"total":0,"details":[]}')).toBe(1);
  expect(shareOf('{"note":"a word"}')).toBeUndefined();
  expect(shareOf('no JSON')).toBeUndefined();
});

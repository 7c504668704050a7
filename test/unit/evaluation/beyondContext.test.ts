import { expect, test } from 'vitest';
import { beyondContextText } from '../../../extension/evaluation/beyondContext';

test('questions beyond the context are counted, and it is said that none was cut', () => {
  const told = (protocol: 'generation' | 'judged' | 'perplexity', beyondContext: number) =>
    beyondContextText({ task: 'boolq', protocol, beyondContext });
  expect(told('generation', 0)).toBe(undefined);
  expect(told('generation', 1)).toBe(
    "1 question of boolq is, with its answer, longer than the model's context. It was asked whole; such answers are often poor.",
  );
  expect(told('judged', 2)).toMatch(
    /^2 turns of boolq are, with their answers, longer .* asked whole/,
  );
  expect(told('perplexity', 3)).toMatch(/^3 pieces of text of boolq are longer .* measured whole/);
});

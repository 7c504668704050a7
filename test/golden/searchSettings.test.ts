// Length penalties and early stopping as transformers' generate has them.
import { expect, test } from 'vitest';
import { allContinuations, expectContinuations, isDecidedOnHost, title } from './continuations';

/** Prompts whose text is another one when this setting alone is. */
function textsThatChangeWith(setting: 'lengthPenalty' | 'earlyStopping'): number {
  const kinds = new Map<string, Set<string>>();
  for (const { texts, ...search } of allContinuations) {
    for (const { prompt, tokens } of texts) {
      const key = JSON.stringify([{ ...search, [setting]: null }, prompt]);
      kinds.set(key, (kinds.get(key) ?? new Set()).add(tokens.join()));
    }
  }
  return [...kinds.values()].filter(({ size }) => size > 1).length;
}

test('the golden continuations hold early ends and full lengths, and settings that matter', () => {
  const lengths = allContinuations.flatMap(({ texts }) => texts.map(({ tokens }) => tokens.length));
  expect(lengths.length).toBeGreaterThan(200);
  expect(lengths.filter((length) => length < 32).length).toBeGreaterThan(60);
  expect(textsThatChangeWith('lengthPenalty')).toBeGreaterThan(20);
  expect(textsThatChangeWith('earlyStopping')).toBeGreaterThan(20);
});

test.each(allContinuations.filter(isDecidedOnHost))(title, expectContinuations);

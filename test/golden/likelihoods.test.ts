// Log-likelihoods of continuations against transformers in f64, all contexts at once.
import { expect, test } from 'vitest';
import { openEngine } from './openEngine';
import { readJson } from './parityCase';

interface Likelihoods {
  model: string;
  adapter: string | null;
  texts: {
    context: number[];
    continuations: { tokens: number[]; sum: number; isGreedy: boolean }[];
  }[];
}

const cases = readJson('likelihoods.json') as Likelihoods[];
const tolerance = 1e-4;

test('the golden continuations hold likeliest ones and others', () => {
  const all = cases.flatMap(({ texts }) => texts.flatMap(({ continuations }) => continuations));
  expect(all.filter(({ isGreedy }) => isGreedy).length).toBeGreaterThan(15);
  expect(all.filter(({ isGreedy }) => !isGreedy).length).toBeGreaterThan(50);
});

test.each(cases)('$model $adapter', async ({ texts, ...opening }) => {
  const engine = await openEngine({ ...opening, trained: [] });
  const found = await engine.logLikelihoods({
    contexts: texts.map(({ context }) => Int32Array.from(context)),
    continuations: texts.map(({ continuations }) =>
      continuations.map(({ tokens }) => Int32Array.from(tokens)),
    ),
  });
  for (const [i, { continuations }] of texts.entries()) {
    for (const [j, { sum, isGreedy }] of continuations.entries()) {
      const one = found[i]?.[j];
      expect(Math.abs((one?.sum ?? NaN) - sum)).toBeLessThan(tolerance);
      expect(one?.isGreedy).toBe(isGreedy);
    }
  }
  await engine.dispose();
});

test('a continuation of no tokens is certain', async () => {
  const engine = await openEngine({ model: 'mha-untied', adapter: null, trained: [] });
  const contexts = [Int32Array.of(5, 6)];
  const found = await engine.logLikelihoods({ contexts, continuations: [[Int32Array.of()]] });
  expect(found).toEqual([[{ sum: 0, isGreedy: true }]]);
  expect(await engine.logLikelihoods({ contexts: [], continuations: [] })).toEqual([]);
  expect(await engine.logLikelihoods({ contexts, continuations: [[]] })).toEqual([[]]);
  await engine.dispose();
});
